"""Flower's Control API, as far as the coordinator uses it. On loopback only."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpx
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_ssh_public_key
from flwr.common.constant import Status, SubStatus
from flwr.common.serde import user_config_to_proto
from flwr.proto.control_pb2 import (
    ListNodesRequest,
    ListRunsRequest,
    RegisterNodeRequest,
    StartRunRequest,
    StopRunRequest,
)
from flwr.proto.fab_pb2 import Fab
from flwr.supercore.control.control_http_client import ControlHttpClient
from flwr.supercore.interceptors import RuntimeVersionHttpInterceptor
from flwr.supercore.primitives.asymmetric import public_key_to_bytes

from coordinator.errors import CoordinatorError
from protos import bundle


class SuperLinkUnavailable(CoordinatorError):
    """The SuperLink does not answer, or not as it should."""

    code = "superlink-unavailable"


@dataclass(frozen=True, slots=True)
class RunStatus:
    """Where a run stands. `failure` says why it ended badly, None when it did not."""

    finished: bool
    failure: str | None = None


class Control:
    """The coordinator's own line to its SuperLink.

    Parameters
    ----------
    address : str
        ``host:port`` on loopback.
    root_certificate : bytes
        PEM; what the SuperLink's certificate leads to.
    """

    def __init__(self, address: str, root_certificate: bytes) -> None:
        self._client = ControlHttpClient.from_server_address(
            address,
            insecure=False,
            root_certificates=root_certificate,
            interceptors=[RuntimeVersionHttpInterceptor(component_name="coordinator")],
        )

    def close(self) -> None:
        """Hang up."""
        self._client.close()

    def start_run(self, terms_digest: bytes) -> int:
        """Hand the code-free bundle over for a run on one permit; return its number."""
        fab = Fab(hash_str=bundle.digest().hex(), content=bundle.build())
        config = user_config_to_proto(dict(bundle.run_config(terms_digest)))
        with _explained():
            answer = self._client.StartRun(
                StartRunRequest(fab=fab, override_config=config)
            )
        if not answer.HasField("run_id"):
            raise SuperLinkUnavailable("The SuperLink did not begin the run.")
        return int(answer.run_id)

    def run_of(self, terms_digest: bytes) -> int | None:
        """Return the number of a run that was begun for this permit before."""
        wanted = bundle.run_config(terms_digest)
        with _explained():
            runs = self._client.ListRuns(ListRunsRequest()).run_dict
        for number, run in runs.items():
            config = {name: value.string for name, value in run.override_config.items()}
            if config == wanted:
                return int(number)
        return None

    def status(self, run_id: int) -> RunStatus:
        """Ask where a run stands; one that the SuperLink lost has failed."""
        with _explained():
            try:
                runs = self._client.ListRuns(ListRunsRequest(run_id=run_id)).run_dict
            except httpx.HTTPStatusError as error:
                if error.response.status_code == httpx.codes.NOT_FOUND:
                    return RunStatus(True, "the SuperLink does not know the run")
                raise
        if run_id not in runs:
            return RunStatus(True, "the SuperLink does not know the run")
        status = runs[run_id].status
        if status.status != Status.FINISHED:
            return RunStatus(False)
        if status.sub_status == SubStatus.COMPLETED:
            return RunStatus(True)
        return RunStatus(True, status.details or f"the run was {status.sub_status}")

    def stop_run(self, run_id: int) -> None:
        """End a run."""
        with _explained():
            self._client.StopRun(StopRunRequest(run_id=run_id))

    def register_node(self, supernode_key: str) -> int:
        """Register a SuperNode's public key (OpenSSH form); return the node's number.

        A key that is registered already keeps its number.
        """
        public_key = pem(supernode_key)
        with _explained():
            for node in self._client.ListNodes(ListNodesRequest()).nodes_info:
                if node.public_key == public_key:
                    return int(node.node_id)
            request = RegisterNodeRequest(public_key=public_key)
            return int(self._client.RegisterNode(request).node_id)


def pem(supernode_key: str) -> bytes:
    """Return a key from OpenSSH form in the one in which a SuperNode shows it."""
    key = load_ssh_public_key(supernode_key.encode())
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise SuperLinkUnavailable("A SuperNode's key is not on an elliptic curve.")
    return public_key_to_bytes(key)


@contextmanager
def _explained() -> Iterator[None]:
    """Turn what httpx and Flower raise into `SuperLinkUnavailable`."""
    try:
        yield
    except (httpx.HTTPError, ValueError):
        raise SuperLinkUnavailable(
            "The SuperLink does not answer as it should; see logs/superlink.log."
        ) from None
