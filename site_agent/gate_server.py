"""The gate as Flower's SuperNode sees it: twelve paths of HTTPS on loopback.

TLS is here because Flower's SuperNode authenticates over nothing less. Key and
certificate are made anew at each start and are good for this door only; who is let
through is decided by the SuperNode's own signature, at the SuperLink.
"""

from __future__ import annotations

import json
import logging
import ssl
import threading
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import IPv4Address
from pathlib import Path
from traceback import format_tb

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from protos import fleet
from protos.consortium_pb2 import FleetReply, FleetVerb
from site_agent import durable
from site_agent.errors import SiteError, TrainingRefused
from site_agent.gate import Gate

LOG = logging.getLogger(__name__)

HOST = "127.0.0.1"
_VERBS = {path: verb for verb, path in fleet.PATHS.items()}
_SILENCE_SECONDS = 120
_RUN_NOT_ALLOWED = 2007
"""Flower's own code with 403, upon which a SuperNode drops the message and goes on."""


class GateServer:
    """Listens for this site's SuperNode until it is closed.

    Parameters
    ----------
    gate
        Decides over every call.
    folder
        Where the certificate goes that the SuperNode is to trust.
    """

    def __init__(self, gate: Gate, folder: Path) -> None:
        self.key, self.certificate = folder / "gate.key", folder / "gate.crt"
        self._gate = gate
        context = _tls(self.key, self.certificate)
        self._server = _Server((HOST, 0), _Handler)
        self._server.gate = gate
        # The handshake is left to the thread that serves the connection.
        self._server.socket = context.wrap_socket(
            self._server.socket, server_side=True, do_handshake_on_connect=False
        )
        self._thread = threading.Thread(
            target=self._server.serve_forever, name="gate", daemon=True
        )

    @property
    def address(self) -> str:
        """``host:port`` of the door."""
        return f"{HOST}:{self._server.server_address[1]}"

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def close(self) -> None:
        """Stop answering; calls under way end first or are given up."""
        self._gate.close()
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    gate: Gate

    def handle_error(self, request: object, client_address: object) -> None:
        """Say that a connection broke, and nothing of what was in it."""
        LOG.info("a connection of the SuperNode broke")


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = _SILENCE_SECONDS
    server: _Server

    def do_POST(self) -> None:
        """Take one call."""
        verb = _VERBS.get(self.path)
        length = self.headers.get("content-length", "")
        if verb is None:
            self._end(404, _detail("no such call"))
        elif not length.isdecimal() or int(length) > fleet.MOST_BYTES:
            self._end(413, _detail("a call has a length, and at most 8 MiB"))
        else:
            body = self.rfile.read(int(length))
            sent = {
                name: self.headers[name]
                for name in fleet.HEADERS
                if name in self.headers
            }
            reply = self._judged(verb, body, sent)
            self._answer(reply.status, reply.body)

    def _judged(
        self, verb: FleetVerb.ValueType, body: bytes, headers: Mapping[str, str]
    ) -> FleetReply:
        try:
            return self.server.gate.call(verb, body, headers)
        except TrainingRefused as refusal:
            LOG.warning("%s refused: %s", FleetVerb.Name(verb), refusal)
            return FleetReply(status=403, body=_detail(str(refusal), _RUN_NOT_ALLOWED))
        except SiteError as error:
            # The SuperNode tries again until the coordinator answers.
            LOG.warning("%s not carried on: %s", FleetVerb.Name(verb), error)
            return FleetReply(status=503, body=_detail(error.code))
        except Exception as error:  # noqa: BLE001 - a door stays open, and tells nothing
            # Type and places only: a message may repeat what is in a file.
            places = "".join(format_tb(error.__traceback__))
            LOG.error("%s: %s\n%s", FleetVerb.Name(verb), type(error).__name__, places)
            return FleetReply(status=500, body=_detail("the gate failed"))

    def _end(self, status: int, body: bytes) -> None:
        """Answer, and read no more of what was sent."""
        self.close_connection = True
        self._answer(status, body)

    def _answer(self, status: int, body: bytes) -> None:
        kind = fleet.MEDIA_TYPE if status == 200 else "application/json"
        self.send_response(status)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: object) -> None:
        """Keep the access log silent; what matters is in the egress ledger."""


def _detail(text: str, code: int = 0) -> bytes:
    return json.dumps({"code": code, "detail": text}).encode()


def _tls(key_path: Path, certificate_path: Path) -> ssl.SSLContext:
    """Make a key and a certificate for loopback, and a context that shows them."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "gate")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=3650))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(IPv4Address(HOST))]),
            critical=False,
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem, none = serialization.Encoding.PEM, serialization.NoEncryption()
    durable.write(
        key_path, key.private_bytes(pem, serialization.PrivateFormat.PKCS8, none)
    )
    durable.write(certificate_path, certificate.public_bytes(pem))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate_path, key_path)
    return context
