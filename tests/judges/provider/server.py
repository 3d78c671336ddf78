"""The Terraform plugin: a handshake on standard output, then gRPC on a socket.

Terraform passes its own certificate in PLUGIN_CLIENT_CERT and expects the plugin's on the line of the handshake. Its
certificate is on curve P-521, which gRPC's own TLS rejects and OpenSSL, behind Python's ssl module, accepts.
"""

import base64
import datetime
import json
import os
import shutil
import signal
import socket
import ssl
import sys
import tempfile
import threading
import time
import traceback
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from . import calls, http2, schema, wire

# Terraform's own constant: a plugin that a person starts by mistake ends at once.
COOKIE = "TF_PLUGIN_MAGIC_COOKIE"
COOKIE_VALUE = "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2"
HEALTH = "/grpc.health.v1.Health/Check"
SHUTDOWN = "/plugin.GRPCController/Shutdown"


def answerer(provider, shut_down):
    def answer(path, data):
        _, service, method = path.split("/")
        if service == "tfplugin5.Provider" and method in wire.METHODS:
            try:
                return provider.call(method, data)
            except Exception as error:  # The user gets a diagnostic, not the crash of a plugin.
                traceback.print_exc()
                reply = calls.failure(method, error)
                if reply is None:
                    raise http2.CallError(http2.INTERNAL, f"{type(error).__name__}: {error}") from error
                return reply
        if path == HEALTH:
            return wire.encode("HealthCheck.Response", {"status": 1})
        if path == SHUTDOWN:
            threading.Timer(0.01, shut_down).start()
            return b""
        raise http2.CallError(http2.UNIMPLEMENTED, f"{path} is not implemented")

    return answer


def make_certificate(path):
    """Writes a self-signed certificate for localhost, and its key, to one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.timezone.utc)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path.touch(mode=0o600)
    path.write_bytes(certificate.public_bytes(pem) + private)


def tls(client, pair):
    """A context that trusts only this client, and the own certificate for the handshake."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(pair)
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(cadata=client)
    context.set_alpn_protocols(["h2"])
    end = "-----END CERTIFICATE-----\n"
    certificate = ssl.PEM_cert_to_DER_cert(pair.read_text().split(end)[0] + end)
    return context, base64.b64encode(certificate).decode().rstrip("=")


def converse(connection, context, answer):
    try:
        if context:
            connection = context.wrap_socket(connection, server_side=True)
        http2.Connection(connection, answer).run()
    except (EOFError, OSError):
        pass  # Terraform has closed the connection.
    finally:
        connection.close()


def watch_parent(shut_down):
    """Ends the process with its parent, even with a killed one."""
    parent = os.getppid()
    while os.getppid() == parent:
        time.sleep(1)
    shut_down()


def socket_folder():
    """A folder with a short path: a socket's address has about a hundred bytes."""
    base = os.environ.get("TMPDIR") or "/tmp"
    folder = Path(tempfile.mkdtemp(prefix="provider", dir=base if len(base) < 60 else "/tmp"))

    def shut_down(*_):
        shutil.rmtree(folder, ignore_errors=True)
        os._exit(0)

    return folder, shut_down


def listen(path):
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(path))
    listener.listen(16)
    return listener


def accept_all(listener, context, answer_for):
    """Serves each connection in a thread of its own, without an end."""
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=converse, args=(connection, context, answer_for()), daemon=True).start()


def serve(home):
    """One plugin process, as Terraform starts it."""
    if os.environ.get(COOKIE) != COOKIE_VALUE:
        sys.exit("This program is a Terraform provider: Terraform starts it.")
    folder, shut_down = socket_folder()
    threading.Thread(target=watch_parent, args=(shut_down,), daemon=True).start()
    context, certificate = None, ""
    client = os.environ.get("PLUGIN_CLIENT_CERT")
    if client:
        context, certificate = tls(client, home / "certificate.pem")
    answer = answerer(calls.Provider(), shut_down)
    path = folder / "s"
    listener = listen(path)
    print(f"1|5|unix|{path}|grpc" + (f"|{certificate}" if certificate else ""), flush=True)
    accept_all(listener, context, lambda: answer)


def share(_home):
    """One process for many Terraform commands, until its parent ends.

    Terraform makes a connection for each configuration of the provider, so that each connection gets its own.
    """
    folder, shut_down = socket_folder()
    path = folder / "s"
    listener = listen(path)
    answer_for = lambda: answerer(calls.Provider(), lambda: None)
    threading.Thread(target=accept_all, args=(listener, None, answer_for), daemon=True).start()
    address = {"Network": "unix", "String": str(path)}
    plugin = {"Protocol": "grpc", "ProtocolVersion": 5, "Pid": os.getpid(), "Test": True, "Addr": address}
    signal.signal(signal.SIGTERM, shut_down)
    print(json.dumps({schema.ADDRESS: plugin}), flush=True)
    watch_parent(shut_down)
