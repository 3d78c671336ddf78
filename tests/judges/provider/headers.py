"""Decoding HTTP/2 header blocks (HPACK, RFC 7541)."""

# The length in bits of the Huffman code of each byte value, then of end-of-string,
# one base-32 digit each.  The code is canonical, so the lengths define it.
_LENGTHS = (
    "dnsssssssoussussssssssusssssssss6aacd68baa8b8666555666666678f6cad677777777777777777777"
    "77878djde6f56565666577666567655677777fbedskmkkmmmnmnnnnnonoomnonnnnlmnmnnomlkmmnnlnmmo"
    "lmnnllmlnmnnkmmmnmmnqqkjmnmpqqqrrqopjlqrrqrollqqsrrrkoklmllnmmppooqnqrqqrrrrrsrrrrrqu"
)

_STATIC = [
    tuple(row.partition("=")[::2])
    for row in (
        ":authority :method=GET :method=POST :path=/ :path=/index.html :scheme=http :scheme=https "
        ":status=200 :status=204 :status=206 :status=304 :status=400 :status=404 :status=500 "
        "accept-charset accept-encoding=gzip,_deflate accept-language accept-ranges accept "
        "access-control-allow-origin age allow authorization cache-control content-disposition "
        "content-encoding content-language content-length content-location content-range "
        "content-type cookie date etag expect expires from host if-match if-modified-since "
        "if-none-match if-range if-unmodified-since last-modified link location max-forwards "
        "proxy-authenticate proxy-authorization range referer refresh retry-after server "
        "set-cookie strict-transport-security transfer-encoding user-agent vary via "
        "www-authenticate"
    ).split()
]
_STATIC[15] = ("accept-encoding", "gzip, deflate")


def _huffman_codes():
    lengths = [int(c, 32) for c in _LENGTHS]
    codes, code, before = {}, -1, 0
    for symbol in sorted(range(257), key=lambda s: (lengths[s], s)):
        code = (code + 1) << (lengths[symbol] - before)
        before = lengths[symbol]
        codes[before, code] = symbol
    return codes


_CODES = {}


def _unhuffman(data):
    if not _CODES:
        _CODES.update(_huffman_codes())
    out, size, code = bytearray(), 0, 0
    for byte in data:
        for bit in range(7, -1, -1):
            code, size = code << 1 | byte >> bit & 1, size + 1
            symbol = _CODES.get((size, code))
            if symbol is not None:
                out.append(symbol)
                size = code = 0
    return bytes(out)  # what is left over is padding


class Decoder:
    """One connection's decoder: the dynamic table lives as long as it does."""

    def __init__(self):
        self.table, self.room = [], 4096  # newest entry first

    def decode(self, data):
        """[(name, value)] of one complete header block."""
        self.data, self.at = data, 0
        out = []
        while self.at < len(data):
            first = data[self.at]
            if first & 0x80:
                out.append(self._entry(self._number(7)))
            elif first & 0x40:
                out.append(self._spelled(6))
                self.table.insert(0, out[-1])
                self._evict()
            elif first & 0x20:
                self.room = self._number(5)
                self._evict()
            else:
                out.append(self._spelled(4))
        return out

    def _evict(self):
        while sum(len(n) + len(v) + 32 for n, v in self.table) > self.room:
            self.table.pop()

    def _entry(self, index):
        static = len(_STATIC)
        return _STATIC[index - 1] if index <= static else self.table[index - static - 1]

    def _spelled(self, bits):
        index = self._number(bits)
        name = self._entry(index)[0] if index else self._text()
        return name, self._text()

    def _number(self, bits):
        limit = (1 << bits) - 1
        value = self.data[self.at] & limit
        self.at += 1
        shift = 0
        while value >= limit:
            byte = self.data[self.at]
            self.at += 1
            value += (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                break
        return value

    def _text(self):
        huffman = self.data[self.at] & 0x80
        size = self._number(7)
        raw = self.data[self.at : self.at + size]
        self.at += size
        return (_unhuffman(raw) if huffman else raw).decode("latin-1")
