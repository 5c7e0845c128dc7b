"""The coordinator as one long-running process: both doors and Flower's supervision."""

from __future__ import annotations

import fcntl
import json
import logging
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from logging.handlers import RotatingFileHandler
from pathlib import Path

import uvicorn
from fastapi import FastAPI

from coordinator import durable, pki
from coordinator.config import CoordinatorConfig, CoordinatorPaths, People
from coordinator.consortium import permits, versions
from coordinator.database import is_current, open_session, upgrade
from coordinator.errors import ConfigurationError
from coordinator.grpc_api import (
    Door,
    FleetRelay,
    NoTraining,
    consortium_server,
    enrolment_server,
)
from coordinator.http_api.app import create_app
from coordinator.training.superlink import Supervisor

LOG = logging.getLogger(__name__)
GRACE_SECONDS = 5.0
TICK_SECONDS = 1.0
SETTLE_SECONDS = 30.0
"""How often versions and plans are held against members and clock."""


def serve(
    home: Path,
    config: CoordinatorConfig,
    *,
    training: bool,
    ready: Callable[[dict[str, str]], None],
) -> None:
    """Serve until SIGTERM or SIGINT; call `ready` with the addresses once it does.

    ``addresses.json`` is in the home while, and only while, the doors are open.

    Raises
    ------
    ConfigurationError
        When the home is in use already, or a port is.
    """
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    paths = CoordinatorPaths(home)
    with ExitStack() as open_doors:
        open_doors.enter_context(_alone(home))
        _log_to(durable.private_folder(paths.logs) / "coordinator.log")
        if not is_current(home):
            upgrade(home)
        supervisor = Supervisor(home, config) if training else None
        if supervisor is not None:
            open_doors.callback(supervisor.stop)
            supervisor.start()
        relay: FleetRelay = supervisor.relay if supervisor else NoTraining()
        addresses = open_doors.enter_context(_doors(home, config, relay))
        durable.write(paths.addresses, json.dumps(addresses, indent=2).encode())
        open_doors.callback(paths.addresses.unlink, missing_ok=True)
        LOG.info("serving: %s", addresses)
        ready(addresses)
        _keep(home, supervisor, stopping)
        LOG.info("stopping")


def _keep(home: Path, supervisor: Supervisor | None, stopping: threading.Event) -> None:
    """Do what is to be done from time to time, until it is time to stop."""
    settled = 0.0
    while not stopping.wait(TICK_SECONDS):
        now = time.time()
        if now >= settled + SETTLE_SECONDS:
            with open_session(home) as session:
                versions.settle_versions(session, now=int(now))
                permits.settle_plans(session, now=int(now))
            settled = now
        if supervisor is not None:
            supervisor.tick()


@contextmanager
def _doors(
    home: Path, config: CoordinatorConfig, relay: FleetRelay
) -> Iterator[dict[str, str]]:
    """Open the sites' two doors and the people's; give their addresses."""
    folder = CoordinatorPaths(home).pki
    authority = pki.load(folder, config.consortium)
    tls = pki.ServerCertificate(folder, authority, config.hosts, time.time)
    door = Door(home, authority, pki.load_log_key(folder), tls.current, relay)
    sites, people = config.sites, config.people
    enrolment = enrolment_server(door, _address(sites.listen, sites.enrolment_port))
    consortium = consortium_server(door, _address(sites.listen, sites.port))
    with _people(home, config) as people_port:
        servers = (enrolment.grpc, consortium.grpc)
        try:
            for server in servers:
                server.start()
            scheme = "https" if people.certificate else "http"
            yield {
                "people": f"{scheme}://{_address(people.listen, people_port)}",
                "sites": _address(sites.listen, consortium.port),
                "enrolment": _address(sites.listen, enrolment.port),
            }
        finally:
            for stopped in [server.stop(GRACE_SECONDS) for server in servers]:
                stopped.wait()


def uvicorn_config(app: FastAPI, people: People) -> uvicorn.Config:
    """Say how the people's door is served: HTTP/1.1, no WebSockets, no proxy."""
    return uvicorn.Config(
        app,
        ssl_certfile=people.certificate,
        ssl_keyfile=people.key,
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        limit_concurrency=200,
        timeout_graceful_shutdown=int(GRACE_SECONDS),
    )


@contextmanager
def _people(home: Path, config: CoordinatorConfig) -> Iterator[int]:
    """Serve the people's door on a thread of its own; give its port."""
    people = config.people
    listener = _listener(people.listen, people.port)
    server = uvicorn.Server(uvicorn_config(create_app(home, config), people))
    thread = threading.Thread(
        target=server.run, args=([listener],), name="people", daemon=True
    )
    thread.start()
    try:
        while not server.started:
            if not thread.is_alive():
                raise ConfigurationError(
                    "the people's door does not open; logs/coordinator.log says why"
                )
            time.sleep(0.02)
        yield listener.getsockname()[1]
    finally:
        server.should_exit = True
        thread.join()
        listener.close()


def _listener(host: str, port: int) -> socket.socket:
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return socket.create_server((host, port), family=family)
    except OSError:
        raise ConfigurationError(
            f"cannot listen on {_address(host, port)}; is another coordinator running, "
            "or is the port taken? Change it in coordinator.toml"
        ) from None


def _address(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    """Hold the home for this process; the kernel lets go however it ends."""
    with (home / "serve.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ConfigurationError(
                f"a coordinator is serving {home} already"
            ) from None
        # What a killed one left behind would send hospitals to a closed door.
        CoordinatorPaths(home).addresses.unlink(missing_ok=True)
        yield


def _log_to(path: Path) -> None:
    handler = RotatingFileHandler(path, maxBytes=10 << 20, backupCount=5)
    handler.setFormatter(
        logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s")
    )
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    # Their INFO is one line for each request, with what was in it.
    for name in ("httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.WARNING)
