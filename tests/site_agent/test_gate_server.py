from __future__ import annotations

import contextlib
import json
import ssl

import httpx
import pytest

from protos import fleet
from protos.consortium_pb2 import FleetReply, FleetVerb
from site_agent.errors import CoordinatorUnavailable, TrainingRefused
from site_agent.gate_server import GateServer

SECRET = "Doe^Jane 19700101"


class Gate:
    """Remembers its calls and answers as it is told."""

    def __init__(self) -> None:
        self.calls = []
        self.answer = FleetReply(status=200, body=b"answer")

    def call(self, verb, body, headers):
        self.calls.append((verb, body, headers))
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    def close(self) -> None:
        self.answer = FleetReply(status=503)


@pytest.fixture
def gate():
    return Gate()


@pytest.fixture
def supernode(gate, tmp_path):
    server = GateServer(gate, tmp_path)
    server.start()
    context = ssl.create_default_context(cafile=str(server.certificate))
    with httpx.Client(
        base_url=f"https://{server.address}", verify=context, trust_env=False
    ) as client:
        yield client
    server.close()


def test_twelve_calls_are_carried_and_nothing_else(gate, supernode) -> None:
    for verb, path in fleet.PATHS.items():
        assert supernode.post(path, content=b"x").content == b"answer"
        assert gate.calls[-1] == (verb, b"x", {})
    assert len(fleet.PATHS) == len(FleetVerb.items()) - 1 == 12
    for path in (
        "/v1/control/start-run",
        "/v1/runtime/acquire-task",
        "/",
        "/v1/fleet/",
    ):
        assert supernode.post(path, content=b"x").status_code == 404
    for method in ("GET", "PUT", "DELETE", "OPTIONS"):
        assert supernode.request(method, "/v1/fleet/get-run").status_code == 501
    assert len(gate.calls) == 12


def test_only_the_proof_of_the_supernode_travels(gate, supernode) -> None:
    proof = dict.fromkeys(fleet.HEADERS, "proof")
    supernode.post("/v1/fleet/get-run", headers={**proof, "x-name": SECRET})
    assert gate.calls[0][2] == proof


def test_body_without_or_beyond_a_length_is_not_read(gate, supernode) -> None:
    sent = supernode.post("/v1/fleet/push-object", content=iter([b"x"]))
    assert sent.status_code == 413
    # The answer may come while the body is still being sent.
    with contextlib.suppress(httpx.HTTPError):
        sent = supernode.post(
            "/v1/fleet/push-object", content=bytes(fleet.MOST_BYTES + 1)
        )
        assert sent.status_code == 413
    assert not gate.calls


@pytest.mark.parametrize(
    ("answer", "status", "told"),
    [
        (TrainingRefused("The run is not permitted here."), 403, "not permitted"),
        (CoordinatorUnavailable(SECRET), 503, "coordinator-unavailable"),
        (ValueError(SECRET), 500, "the gate failed"),
    ],
)
def test_refusals_have_a_status_and_no_private_word(
    gate, supernode, answer, status, told
) -> None:
    gate.answer = answer
    reply = supernode.post("/v1/fleet/get-run")
    assert reply.status_code == status
    assert told in json.loads(reply.content)["detail"]
    assert SECRET not in reply.text


def test_gate_goes_on_after_a_connection_that_was_no_tls(gate, supernode) -> None:
    port = supernode.base_url.port
    with pytest.raises(httpx.HTTPError):
        httpx.post(f"http://127.0.0.1:{port}/v1/fleet/get-run", trust_env=False)
    assert supernode.post("/v1/fleet/get-run").status_code == 200


def test_key_is_for_the_owner_only(supernode, tmp_path) -> None:
    key = tmp_path / "gate.key"
    assert key.stat().st_mode & 0o077 == 0
