"""Just enough of gRPC over HTTP/2 to answer Terraform, on a blocking socket.

One thread reads one connection and answers each unary call as it completes.
Replies wait in order for flow-control room.  The peer is always grpc-go, so the
rarely used parts (priorities, padding aside, push) are accepted and ignored.
Importing this costs milliseconds, where a full gRPC stack costs most of a second;
Terraform starts a provider process several times a command.
"""

import struct

from .headers import Decoder

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, RST_STREAM, SETTINGS, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION = (0, 1, 3, 4, 6, 7, 8, 9)
END_STREAM, ACK, END_HEADERS, PADDED, PRIORITY = 1, 1, 4, 8, 32
INITIAL_WINDOW, MAX_FRAME = 4, 5  # settings
ROOM = (1 << 31) - 1
UNIMPLEMENTED, INTERNAL = 12, 13


def _literal(name, value):
    """A header field spelled out, outside any table."""
    name, value = name.encode(), value.encode()
    return bytes([0]) + bytes([len(name)]) + name + bytes([len(value)]) + value


REPLY_HEAD = b"\x88" + _literal("content-type", "application/grpc")  # \x88 is ":status: 200"


def _trailer(status, text):
    out = _literal("grpc-status", str(status))
    if text:
        safe = "".join(c if " " <= c <= "~" and c != "%" else "?" for c in text)
        out += _literal("grpc-message", safe[:120])
    return out


class Connection:
    """answer(path, request bytes) gives reply bytes, or raises CallError."""

    def __init__(self, sock, answer):
        self.sock, self.answer = sock, answer
        self.buffer = bytearray()
        self.headers = Decoder()
        self.calls = {}  # stream -> [path, body so far]
        self.out = []  # replies in hand: [stream, bytes left, trailer]
        self.window, self.first_window, self.max_frame = 65535, 65535, 16384
        self.windows = {}

    def _read(self, size):
        while len(self.buffer) < size:
            more = self.sock.recv(1 << 18)
            if not more:
                raise EOFError
            self.buffer += more
        taken = bytes(self.buffer[:size])
        del self.buffer[:size]
        return taken

    def _send(self, kind, flags, stream, body=b""):
        self.sock.sendall(struct.pack(">I", len(body))[1:] + struct.pack(">BBI", kind, flags, stream) + body)

    def run(self):
        if self._read(len(PREFACE)) != PREFACE:
            return
        self._send(SETTINGS, 0, 0, struct.pack(">HI", INITIAL_WINDOW, ROOM))
        self._send(WINDOW_UPDATE, 0, 0, struct.pack(">I", ROOM - 65535))
        block = b""
        while True:
            head = self._read(9)
            size, kind, flags = int.from_bytes(head[:3], "big"), head[3], head[4]
            stream = int.from_bytes(head[5:], "big") & ROOM
            body = self._read(size)
            if kind in (DATA, HEADERS) and flags & PADDED:
                body = body[1 : len(body) - body[0]]
            if kind == HEADERS:
                block = body[5:] if flags & PRIORITY else body
                ends = flags & END_STREAM
            elif kind == CONTINUATION:
                block += body
            elif kind == DATA:
                self._data(stream, body, size, flags & END_STREAM)
            elif kind == SETTINGS and not flags & ACK:
                self._settings(body)
            elif kind == PING and not flags & ACK:
                self._send(PING, ACK, 0, body)
            elif kind == WINDOW_UPDATE:
                more = int.from_bytes(body, "big") & ROOM
                if stream:
                    self.windows[stream] = self.windows.get(stream, self.first_window) + more
                else:
                    self.window += more
            elif kind == RST_STREAM:
                self.calls.pop(stream, None)
                self.windows.pop(stream, None)
                self.out = [row for row in self.out if row[0] != stream]
            elif kind == GOAWAY:
                return
            if kind in (HEADERS, CONTINUATION) and flags & END_HEADERS:
                path = dict(self.headers.decode(block)).get(":path", "")
                self.calls[stream] = [path, bytearray()]
                if ends:
                    self._complete(stream)
            self._flush()

    def _settings(self, body):
        for key, value in struct.iter_unpack(">HI", body):
            if key == INITIAL_WINDOW:
                for stream in self.windows:
                    self.windows[stream] += value - self.first_window
                self.first_window = value
            elif key == MAX_FRAME:
                self.max_frame = value
        self._send(SETTINGS, ACK, 0)

    def _data(self, stream, body, size, ends):
        if size:
            self._send(WINDOW_UPDATE, 0, 0, struct.pack(">I", size))
        call = self.calls.get(stream)
        if call is None:
            return
        call[1] += body
        # A streaming call (go-plugin's broker, unused here) does not end, and gets no answer.
        if ends:
            self._complete(stream)

    def _complete(self, stream):
        path, body = self.calls.pop(stream)
        try:
            reply = self.answer(path, bytes(body[5:]))
        except CallError as err:
            flags = END_HEADERS | END_STREAM
            self._send(HEADERS, flags, stream, REPLY_HEAD + _trailer(err.status, str(err)))
            return
        self._send(HEADERS, END_HEADERS, stream, REPLY_HEAD)
        message = b"\0" + struct.pack(">I", len(reply)) + reply
        self.windows.setdefault(stream, self.first_window)
        self.out.append([stream, memoryview(message), _trailer(0, "")])

    def _flush(self):
        waiting = []
        for row in self.out:
            stream, left, trailer = row
            while left:
                size = min(len(left), self.max_frame, self.window, self.windows[stream])
                if size <= 0:
                    break
                self._send(DATA, 0, stream, left[:size].tobytes())
                self.window -= size
                self.windows[stream] -= size
                left = left[size:]
            if left:
                waiting.append([stream, left, trailer])
            else:
                self._send(HEADERS, END_HEADERS | END_STREAM, stream, trailer)
                self.windows.pop(stream, None)
        self.out = waiting


class CallError(Exception):
    def __init__(self, status, text):
        super().__init__(text)
        self.status = status
