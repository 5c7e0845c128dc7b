"""Runs the ClientApp for every task of this site's SuperNode, and no other program.

Flower's own executor starts whatever the SuperNode names (agents, connectors, models),
in a new interpreter each time. This one takes ClientApp tasks only, and forks each from
a process that has imported torch and MONAI once.

A task brings the bundle that is loaded. So the SuperNode has to show the certificate
that the site made for it: anybody on this machine may listen on its port while it is
down.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import socket
import sys
import time
from multiprocessing import forkserver
from pathlib import Path

from flwr.proto.runtime_pb2 import AcquireTaskRequest
from flwr.supercore.constant import TaskType
from flwr.supercore.interceptors import (
    RuntimeVersionHttpInterceptor,
    SuperExecAuthHttpInterceptor,
)
from flwr.supercore.retry import make_simple_http_retry_invoker
from flwr.supercore.runtime import RuntimeHttpClient

_POLL_SECONDS = 0.3
_PRELOADED = ["site_agent.train.client_app", "flwr.supernode.runtime.run_clientapp"]
_PROTECTED = frozenset({"/flwr.proto.Runtime/AcquireTask"})


def main(address: str, secret_file: Path, certificate: Path) -> None:
    """Ask the SuperNode at `address` for tasks until this process is ended.

    Parameters
    ----------
    secret_file : Path
        What the SuperNode knows this executor by.
    certificate : Path
        PEM; what this executor knows the SuperNode by.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(_PRELOADED)
    forkserver.ensure_running()
    _await(address)
    client = RuntimeHttpClient.from_server_address(
        server_address=address,
        insecure=False,
        root_certificates=certificate.read_bytes(),
        interceptors=[
            RuntimeVersionHttpInterceptor(component_name="SuperExec"),
            SuperExecAuthHttpInterceptor(
                master_secret=secret_file.read_bytes(), protected_methods=_PROTECTED
            ),
        ],
        retry_invoker=make_simple_http_retry_invoker(),
    )
    request = AcquireTaskRequest(supported_task_types=[TaskType.CLIENT_APP])
    while True:
        answer = client.AcquireTask(request)
        if answer.HasField("task") and answer.token:
            task = (address, answer.token, certificate, os.getpid())
            context.Process(target=run_task, args=task).start()
        multiprocessing.active_children()  # buries those that have ended
        time.sleep(_POLL_SECONDS)


def _await(address: str) -> None:
    """Wait until the SuperNode listens; Flower's own retries would grow long."""
    host, port = address.split(":")
    while True:
        with contextlib.suppress(OSError), socket.create_connection((host, int(port))):
            return
        time.sleep(_POLL_SECONDS)


def run_task(address: str, token: str, certificate: Path, parent_pid: int) -> None:
    """Answer one message, in a process of its own."""
    from flwr.supernode.runtime.run_clientapp import run_clientapp

    run_clientapp(
        address,
        token,
        insecure=False,
        certificates=certificate.read_bytes(),
        parent_pid=parent_pid,
        runtime_dependency_install=False,
    )


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
