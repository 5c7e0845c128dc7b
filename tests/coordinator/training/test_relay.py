from __future__ import annotations

import httpx
import pytest
from flwr.proto.fleet_pb2 import (
    ActivateNodeRequest,
    DeactivateNodeRequest,
    PullMessagesRequest,
    PushMessagesRequest,
    RegisterNodeFleetRequest,
)
from flwr.proto.heartbeat_pb2 import SendNodeHeartbeatRequest
from flwr.proto.message_pb2 import Message, Metadata, PushObjectRequest
from flwr.proto.node_pb2 import Node
from flwr.proto.run_pb2 import GetRunRequest
from flwr.supercore.primitives.asymmetric import public_key_to_bytes

from coordinator.training.control import SuperLinkUnavailable
from coordinator.training.relay import Relay
from protos import fleet
from protos.consortium_pb2 import FleetHeader, FleetRequest, FleetVerb


class SuperLink:
    """Registers nodes and remembers what reached it."""

    def __init__(self) -> None:
        self.nodes: dict[str, int] = {}
        self.calls: list[httpx.Request] = []
        self.away = False

    def register_node(self, supernode_key: str) -> int:
        if self.away:
            raise SuperLinkUnavailable("The SuperLink does not answer.")
        return self.nodes.setdefault(supernode_key, 1000 + len(self.nodes))

    def handle(self, request: httpx.Request) -> httpx.Response:
        if self.away:
            raise httpx.ConnectError("refused")
        self.calls.append(request)
        return httpx.Response(200, content=b"answer")


@pytest.fixture
def superlink() -> SuperLink:
    return SuperLink()


@pytest.fixture
def relay(consortium, superlink) -> Relay:
    root = (consortium.paths.pki / "root.crt").read_bytes()
    made = Relay(consortium.home, "127.0.0.1:1", root, superlink)
    made._client = httpx.Client(
        base_url="https://127.0.0.1:1", transport=httpx.MockTransport(superlink.handle)
    )
    yield made
    made.close()


def call(verb, message, **headers) -> FleetRequest:
    return FleetRequest(
        verb=verb,
        body=message.SerializeToString(deterministic=True),
        headers=[
            FleetHeader(name=name, value=value) for name, value in headers.items()
        ],
    )


def activation(hospital) -> FleetRequest:
    key = public_key_to_bytes(hospital.supernode_key.public_key())
    return call(
        FleetVerb.ACTIVATE_NODE,
        ActivateNodeRequest(public_key=key, heartbeat_interval=30),
    )


def all_calls_of(node_id):
    node = Node(node_id=node_id)
    own = Message(metadata=Metadata(src_node_id=node_id))
    return [
        call(FleetVerb.DEACTIVATE_NODE, DeactivateNodeRequest(node_id=node_id)),
        call(FleetVerb.SEND_NODE_HEARTBEAT, SendNodeHeartbeatRequest(node=node)),
        call(FleetVerb.PULL_MESSAGES, PullMessagesRequest(node=node)),
        call(
            FleetVerb.PUSH_MESSAGES, PushMessagesRequest(node=node, messages_list=[own])
        ),
        *(
            call(verb, fleet.REQUESTS[verb](node=node, run_id=1))
            for verb in (
                FleetVerb.GET_RUN,
                FleetVerb.GET_FAB,
                FleetVerb.PUSH_OBJECT,
                FleetVerb.PULL_OBJECT,
                FleetVerb.CONFIRM_MESSAGE_RECEIVED,
            )
        ),
    ]


def test_site_comes_with_the_key_it_enrolled_with(relay, superlink, hospitals) -> None:
    for hospital in hospitals:
        assert relay.forward(hospital.site, activation(hospital)).status == 200
    assert sorted(superlink.nodes.values()) == [1000, 1001, 1002]
    assert [each.url.path for each in superlink.calls] == [
        "/v1/fleet/activate-node"
    ] * 3


def test_site_cannot_come_with_the_key_of_another(relay, superlink, hospitals) -> None:
    alder, birch, _ = hospitals
    assert relay.forward(alder.site, activation(birch)).status == 403
    assert not superlink.calls
    assert not superlink.nodes


def test_own_node_may_make_all_its_calls(relay, superlink, hospitals) -> None:
    alder = hospitals[0]
    relay.forward(alder.site, activation(alder))
    for request in all_calls_of(1000):
        assert relay.forward(alder.site, request).status == 200
    assert len(superlink.calls) == 10


def test_node_of_another_site_is_refused_on_every_call(
    relay, superlink, hospitals
) -> None:
    alder, birch, _ = hospitals
    for hospital in (alder, birch):
        relay.forward(hospital.site, activation(hospital))
    for node_id in (1001, 4711, 0):
        for request in all_calls_of(node_id):
            assert relay.forward(alder.site, request).status == 403
    assert len(superlink.calls) == 2


def test_reply_in_the_name_of_another_node_is_refused(relay, hospitals) -> None:
    alder, birch, _ = hospitals
    for hospital in (alder, birch):
        relay.forward(hospital.site, activation(hospital))
    foreign = Message(metadata=Metadata(src_node_id=1001))
    request = PushMessagesRequest(node=Node(node_id=1000), messages_list=[foreign])
    sent = relay.forward(alder.site, call(FleetVerb.PUSH_MESSAGES, request))
    assert sent.status == 403


def test_sites_register_no_nodes(relay, superlink, hospital) -> None:
    request = RegisterNodeFleetRequest(public_key=b"any key")
    sent = relay.forward(hospital.site, call(FleetVerb.REGISTER_NODE, request))
    assert sent.status == 403
    assert not superlink.calls


def test_only_the_proof_of_the_supernode_travels(relay, superlink, hospital) -> None:
    request = activation(hospital)
    names = (*fleet.HEADERS, "authorization")
    request.headers.extend(FleetHeader(name=name, value="v") for name in names)
    relay.forward(hospital.site, request)
    sent = superlink.calls[0].headers
    assert {name for name in names if name in sent} == set(fleet.HEADERS)


def test_call_that_cannot_be_read_is_refused(relay, superlink, hospital) -> None:
    bodies = (b"\xff", GetRunRequest().SerializeToString() + b"\xfa\x3f\x01x")
    for body in bodies:
        request = FleetRequest(verb=FleetVerb.GET_RUN, body=body)
        assert relay.forward(hospital.site, request).status == 403
    assert not superlink.calls


def test_superlink_that_is_away_is_a_matter_of_time(relay, superlink, hospital) -> None:
    superlink.away = True
    assert relay.forward(hospital.site, activation(hospital)).status == 503
    superlink.away = False
    assert relay.forward(hospital.site, activation(hospital)).status == 200


def test_binding_outlives_the_process(relay, consortium, superlink, hospitals) -> None:
    alder, birch, _ = hospitals
    relay.forward(alder.site, activation(alder))
    relay._bound.clear()
    request = call(FleetVerb.PUSH_OBJECT, PushObjectRequest(node=Node(node_id=1000)))
    assert relay.forward(birch.site, request).status == 403
    assert relay.forward(alder.site, request).status == 200
