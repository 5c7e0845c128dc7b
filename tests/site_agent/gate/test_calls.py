"""The SuperNode's calls carry what Flower needs, and have no place for text."""

from __future__ import annotations

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from flwr.proto.fab_pb2 import GetFabRequest
from flwr.proto.fleet_pb2 import (
    ActivateNodeRequest,
    DeactivateNodeRequest,
    PullMessagesRequest,
    RegisterNodeFleetRequest,
    UnregisterNodeFleetRequest,
)
from flwr.proto.heartbeat_pb2 import SendNodeHeartbeatRequest
from flwr.proto.message_pb2 import (
    ConfirmMessageReceivedRequest,
    ObjectTree,
    PullObjectRequest,
    PushObjectRequest,
)
from flwr.proto.node_pb2 import Node
from flwr.proto.run_pb2 import GetRunRequest

from protos.consortium_pb2 import FleetVerb
from site_agent.errors import TrainingRefused
from tests.site_agent.flower import PUBLIC_KEY, RUN, SuperNode, proof, trained
from tests.site_agent.gate.gated_site import OWN, SECRET


def test_call_with_an_unknown_field_is_not_carried_on(site) -> None:
    body = ActivateNodeRequest(public_key=b"k").SerializeToString() + b"\xfa\x3f\x01x"
    with pytest.raises(TrainingRefused, match="does not know"):
        site.gate.call(FleetVerb.ACTIVATE_NODE, body, proof())
    assert not site.superlink.calls


def test_objects_of_the_message_under_way_are_pulled_and_no_others(site) -> None:
    leaf = ObjectTree(object_id="1" * 64)
    site.superlink.trees = [ObjectTree(object_id="a" * 64, children=[leaf])]
    site.ask()

    def pull(object_id):
        asks = PullObjectRequest(node=OWN, run_id=RUN, object_id=object_id)
        return site.supernode.call(FleetVerb.PULL_OBJECT, asks)

    assert pull("a" * 64).status == pull("1" * 64).status == 200
    received = ConfirmMessageReceivedRequest(
        node=OWN, run_id=RUN, message_object_id="a" * 64
    )
    site.supernode.call(FleetVerb.CONFIRM_MESSAGE_RECEIVED, received)
    with pytest.raises(TrainingRefused, match="not offered"):
        pull(SECRET.encode().hex().ljust(64, "0"))
    received.message_object_id = "2" * 64
    with pytest.raises(TrainingRefused, match="not offered"):
        site.supernode.call(FleetVerb.CONFIRM_MESSAGE_RECEIVED, received)


TEXT = int.from_bytes(SECRET.encode()[:8], "big")


@pytest.mark.parametrize(
    ("verb", "request_"),
    [
        (FleetVerb.REGISTER_NODE, RegisterNodeFleetRequest(public_key=b"Doe^Jane")),
        (
            FleetVerb.ACTIVATE_NODE,
            ActivateNodeRequest(public_key=b"Doe^Jane", heartbeat_interval=30),
        ),
        (
            FleetVerb.ACTIVATE_NODE,
            ActivateNodeRequest(public_key=PUBLIC_KEY, heartbeat_interval=19700101),
        ),
        (FleetVerb.DEACTIVATE_NODE, DeactivateNodeRequest(node_id=TEXT)),
        (FleetVerb.UNREGISTER_NODE, UnregisterNodeFleetRequest(node_id=TEXT)),
        (
            FleetVerb.SEND_NODE_HEARTBEAT,
            SendNodeHeartbeatRequest(node=OWN, heartbeat_interval=float("nan")),
        ),
        (
            FleetVerb.SEND_NODE_HEARTBEAT,
            SendNodeHeartbeatRequest(node=Node(node_id=TEXT), heartbeat_interval=30),
        ),
        (FleetVerb.PULL_MESSAGES, PullMessagesRequest(node=OWN, message_ids=[SECRET])),
        (FleetVerb.PULL_MESSAGES, PullMessagesRequest(node=Node(node_id=TEXT))),
        (FleetVerb.GET_RUN, GetRunRequest(node=OWN, run_id=TEXT)),
        (FleetVerb.GET_FAB, GetFabRequest(node=OWN, run_id=RUN, hash_str=SECRET)),
        (
            FleetVerb.PULL_OBJECT,
            PullObjectRequest(node=OWN, run_id=RUN, object_id=SECRET),
        ),
        (
            FleetVerb.PULL_OBJECT,
            PullObjectRequest(node=OWN, run_id=RUN, object_id="A" * 64),
        ),
        (
            FleetVerb.CONFIRM_MESSAGE_RECEIVED,
            ConfirmMessageReceivedRequest(
                node=OWN, run_id=RUN, message_object_id=SECRET
            ),
        ),
        (
            FleetVerb.PUSH_OBJECT,
            PushObjectRequest(node=Node(node_id=TEXT), run_id=RUN, object_id="a" * 64),
        ),
    ],
)
def test_text_has_no_place_in_any_call(site, verb, request_) -> None:
    site.ask()
    calls = len(site.superlink.calls)
    with pytest.raises(TrainingRefused):
        site.supernode.call(verb, request_)
    assert len(site.superlink.calls) == calls
    assert not site.left()


@pytest.mark.parametrize(
    "headers",
    [
        {},
        proof() | {"x-name": SECRET},
        proof() | {"flwr-public-key": SECRET},
        proof() | {"flwr-signature": SECRET},
        proof() | {"flwr-signature": base64.b64encode(SECRET.encode()).decode()},
        proof() | {"flwr-signature": proof()["flwr-signature"] + "\n"},
        proof() | {"flwr-timestamp": "2026-11-21T08:00:01+00:00"},
        proof(SECRET),
        proof("2026-11-21T08:00:00.123456+00:00 Doe"),
        proof(key=ec.generate_private_key(ec.SECP384R1())),
    ],
)
def test_headers_that_are_not_the_supernodes_own_proof_are_refused(
    site, headers
) -> None:
    site.supernode.headers = headers
    with pytest.raises(TrainingRefused, match=r"proof|key|signature"):
        site.supernode.pull()
    assert not site.superlink.calls


def test_second_without_fraction_is_a_time_too(site) -> None:
    site.supernode.headers = proof("2026-11-21T08:00:00+00:00")
    assert not site.supernode.pull()


def test_supernode_that_was_not_activated_gets_nowhere(site) -> None:
    with pytest.raises(TrainingRefused, match="node is not that"):
        SuperNode(site.new_gate()).pull()


def test_object_outside_the_announced_transfer_is_refused(site) -> None:
    reply = site.supernode.reply_to(site.ask(), trained())
    site.supernode.announce(reply)
    pushed = PushObjectRequest(
        node=OWN,
        run_id=RUN,
        object_id=reply.object_id,
        object_content=reply.deflate(),
        session_id=SECRET,
    )
    with pytest.raises(TrainingRefused, match="not part of"):
        site.supernode.call(FleetVerb.PUSH_OBJECT, pushed)


def test_waits_for_work_while_a_run_is_under_way(site, monkeypatch) -> None:
    monkeypatch.setattr("site_agent.gate._AGAIN_SECONDS", 0.01)
    assert not site.supernode.pull()
    assert site.superlink.verbs.count("PULL_MESSAGES") == 1
    site.ask()
    monkeypatch.setattr("site_agent.gate._HOLD_SECONDS", 0.2)
    assert not site.supernode.pull()
    assert site.superlink.verbs.count("PULL_MESSAGES") > 4
    site.gate.close()
    site.supernode.pull()
