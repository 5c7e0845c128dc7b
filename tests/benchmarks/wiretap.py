"""Listen in on a site's line to its coordinator, with the keys of both ends.

    python tests/benchmarks/wiretap.py COORDINATOR_HOME SITE_HOME OUT

Mutual TLS keeps everybody else out, so that a capture of the network proves nothing
about what is inside. This stands in between with the server's key on one side and the
site's on the other, passes every byte on, and writes down what was said: one file for
each connection and direction below OUT. Point ``[coordinator] address`` in
``SITE/site.toml`` at the address that it prints; it listens until it is stopped.
"""

from __future__ import annotations

import itertools
import json
import socket
import ssl
import sys
import threading
from contextlib import suppress
from pathlib import Path


class Wiretap:
    """One site's line. `address` is where the site is to connect, ``host:port``."""

    def __init__(self, coordinator: Path, site: Path, out: Path) -> None:
        self._out = out
        out.mkdir(parents=True, exist_ok=True)
        self._upstream = _consortium_address(coordinator)
        self._inside = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._inside.load_cert_chain(
            coordinator / "pki/server.crt", coordinator / "pki/server.key"
        )
        self._inside.load_verify_locations(site / "keys/root.crt")
        self._inside.verify_mode = ssl.CERT_REQUIRED
        self._outside = ssl.create_default_context(cafile=str(site / "keys/root.crt"))
        self._outside.load_cert_chain(site / "keys/site.crt", site / "keys/tls.key")
        for context in (self._inside, self._outside):
            context.set_alpn_protocols(["h2"])
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._numbers = itertools.count(1)
        self.address = f"127.0.0.1:{self._listener.getsockname()[1]}"

    def start(self) -> None:
        """Listen in the background."""
        threading.Thread(target=self._listen, daemon=True).start()

    def stop(self) -> None:
        """Take no new connection."""
        self._listener.close()

    def _listen(self) -> None:
        with suppress(OSError):  # the listener was closed
            while True:
                plain, _ = self._listener.accept()
                number = next(self._numbers)
                threading.Thread(
                    target=self._carry, args=(plain, number), daemon=True
                ).start()

    def _carry(self, plain: socket.socket, number: int) -> None:
        with suppress(OSError):  # either end may hang up at any time
            site = self._inside.wrap_socket(plain, server_side=True)
            host = self._upstream[0]
            coordinator = self._outside.wrap_socket(
                socket.create_connection(self._upstream), server_hostname=host
            )
            back = threading.Thread(
                target=self._copy,
                args=(coordinator, site, f"{number:04d}-to-site"),
                daemon=True,
            )
            back.start()
            self._copy(site, coordinator, f"{number:04d}-from-site")
            back.join()

    def _copy(self, source: ssl.SSLSocket, sink: ssl.SSLSocket, name: str) -> None:
        with (self._out / name).open("ab", buffering=0) as record, suppress(OSError):
            while said := source.recv(1 << 16):
                record.write(said)
                sink.sendall(said)
        with suppress(OSError):
            sink.shutdown(socket.SHUT_RDWR)


def _consortium_address(coordinator: Path) -> tuple[str, int]:
    """Where `coordinator serve` listens for sites."""
    addresses = json.loads((coordinator / "addresses.json").read_text("utf-8"))
    host, _, port = addresses["sites"].rpartition(":")
    return host, int(port)


def main() -> None:
    """Listen until interrupted."""
    coordinator, site, out = map(Path, sys.argv[1:4])
    tap = Wiretap(coordinator, site, out)
    tap.start()
    print(tap.address, flush=True)
    with suppress(KeyboardInterrupt):
        threading.Event().wait()


if __name__ == "__main__":
    main()
