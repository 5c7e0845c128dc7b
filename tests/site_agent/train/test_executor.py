"""Who listens on the SuperNode's port is not the SuperNode for that."""

from __future__ import annotations

import http.server
import ssl
import subprocess
import sys
import threading
import time

import pytest
from flwr.proto.runtime_pb2 import AcquireTaskResponse

from site_agent.gate_server import HOST, _tls

PATIENCE_SECONDS = 60.0


class Stranger(http.server.ThreadingHTTPServer):
    """Has no task for whoever asks, and remembers who came."""

    daemon_threads = True

    def __init__(self, context: ssl.SSLContext | None) -> None:
        super().__init__((HOST, 0), _Answers)
        self.asked: list[str] = []
        self.came = 0
        self.last = time.monotonic()
        self.context = context

    def get_request(self):
        connection, address = super().get_request()
        self.came += 1
        self.last = time.monotonic()
        if self.context is not None:
            connection = self.context.wrap_socket(
                connection, server_side=True, do_handshake_on_connect=False
            )
        return connection, address

    @property
    def silent_for(self) -> float:
        """Seconds since somebody came."""
        return time.monotonic() - self.last

    def handle_error(self, request, client_address) -> None:
        """Stay silent: a handshake that breaks is what is hoped for."""


class _Answers(http.server.BaseHTTPRequestHandler):
    server: Stranger
    timeout = 1  # seconds that a plain server waits for sense in a handshake

    def do_POST(self) -> None:
        self.server.asked.append(self.path)
        body = AcquireTaskResponse().SerializeToString()
        self.send_response(200)
        self.send_header("content-type", "application/protobuf")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments) -> None:
        """Stay silent."""


@pytest.fixture(params=["plain", "another certificate", "the site's certificate"])
def listener(request, tmp_path):
    """Somebody on the port, and whether he holds the site's key."""
    (tmp_path / "other").mkdir()
    own = _tls(tmp_path / "gate.key", tmp_path / "gate.crt")
    other = _tls(tmp_path / "other" / "gate.key", tmp_path / "other" / "gate.crt")
    contexts = {"plain": None, "another certificate": other}
    server = Stranger(contexts.get(request.param, own))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server, request.param not in contexts
    server.shutdown()
    server.server_close()


def test_executor_asks_nobody_but_the_holder_of_the_sites_key(
    listener, tmp_path
) -> None:
    server, is_ours = listener
    secret = tmp_path / "superexec.secret"
    secret.write_bytes(b"0" * 64)
    secret.chmod(0o600)
    address = f"{HOST}:{server.server_address[1]}"
    command = [sys.executable, "-m", "site_agent.train.executor", address, str(secret)]
    executor = subprocess.Popen(
        [*command, str(tmp_path / "gate.crt")],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        # It comes once to see whether anybody listens, then to ask; at a stranger's it
        # then waits, or ends and is started again by its parent.
        end = time.monotonic() + PATIENCE_SECONDS
        while not (server.asked or executor.poll() is not None):
            if server.came >= 3 or (server.came == 2 and server.silent_for > 3):
                break
            assert time.monotonic() < end
            time.sleep(0.05)
        assert server.came >= 2
        assert bool(server.asked) is is_ours
    finally:
        executor.kill()
        executor.wait()
