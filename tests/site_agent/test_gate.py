from __future__ import annotations

import base64
import hashlib

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from flwr.app import ConfigRecord, MetricRecord, RecordDict
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
from flwr.supercore.constant import TaskType

from protos import bundle, update
from protos.consortium_pb2 import FleetVerb
from protos.training_pb2 import Network, PermitTerms, TrainingPlan
from site_agent.egress import Ledger
from site_agent.errors import CoordinatorUnavailable, TrainingRefused
from site_agent.gate import REFUSALS, REFUSALS_SECONDS, Gate
from tests.site_agent.flower import (
    DIGEST,
    KEY,
    NODE,
    PUBLIC_KEY,
    RUN,
    SuperLink,
    SuperNode,
    asked,
    failed,
    proof,
    run_on,
    trained,
    weights,
)

TERMS = PermitTerms(
    plan="plan-1",
    training=TrainingPlan(network=Network.DENSENET_TINY, rounds=2),
    upload_limit=1_000_000,
)
SECRET = "Doe^Jane 19700101"
OWN = Node(node_id=NODE)
GET_FAB = GetFabRequest(node=OWN, run_id=RUN, hash_str=bundle.digest().hex())


class Site:
    """A gate between a SuperLink in memory and a SuperNode; the permit can change."""

    def __init__(self, folder) -> None:
        self.superlink = SuperLink()
        self.now = 1_800_000_000
        self.ledger = Ledger(folder / "egress.db", clock=lambda: self.now)
        self.asked = folder / "asked"
        self.terms = PermitTerms()
        self.terms.CopyFrom(TERMS)
        self.against = ""
        self.gate = self.new_gate()
        self.supernode = SuperNode.active(self.gate)
        self.superlink.calls.clear()

    def new_gate(self) -> Gate:
        return Gate(
            forward=self.superlink.forward,
            judge=self.judge,
            ledger=self.ledger,
            asked=self.asked,
            key=KEY.public_key(),
        )

    def judge(self, digest: bytes) -> PermitTerms:
        if digest != DIGEST or self.against:
            raise TrainingRefused(f"This site does not take part: {self.against}.")
        return self.terms

    def ask(self, message_type=update.TRAIN):
        question = asked(message_type)
        self.superlink.waiting.append(question)
        assert self.supernode.pull()[0].metadata == question
        return question

    def answer(self, content, question=None):
        reply = self.supernode.reply_to(question or self.ask(), content)
        self.supernode.push(reply, self.supernode.announce(reply))
        return reply

    def left(self) -> list[tuple[str, str, int]]:
        return [(each.kind, each.run, each.size) for each in self.ledger.entries()]


@pytest.fixture
def site(tmp_path) -> Site:
    return Site(tmp_path)


# ----------------------------------------------------------------------- what comes in


def test_permitted_run_reaches_the_supernode(site) -> None:
    site.ask()
    assert site.supernode.get_run().status == 200
    assert site.supernode.call(FleetVerb.GET_FAB, GET_FAB).status == 200


@pytest.mark.parametrize(
    "run",
    [
        run_on(bundle.run_config(b"e" * 32)),
        run_on({}),
        run_on({"permit": DIGEST.hex(), "lr": 1.0}),
        run_on({"permit": 7}),
        run_on(bundle.run_config(DIGEST), fab_hash="f" * 64),
        run_on(bundle.run_config(DIGEST), primary_task_type=TaskType.AGENT_APP),
        run_on(bundle.run_config(DIGEST), run_id=RUN + 1),
    ],
)
def test_message_of_any_other_run_is_answered_with_an_error(site, run) -> None:
    site.superlink.run = run
    site.superlink.waiting.append(asked())
    assert not site.supernode.pull()
    assert len(site.superlink.errors) == 1
    with pytest.raises(TrainingRefused):
        site.supernode.get_run()
    assert {kind for kind, _, _ in site.left()} == {"refusal"}


def test_permit_that_ends_between_two_rounds_ends_the_training(site) -> None:
    site.ask()
    site.against = "the permit has expired"
    site.superlink.waiting.append(asked(message_id="b" * 64))
    assert not site.supernode.pull()
    assert site.superlink.errors == [
        "This site does not take part: the permit has expired."
    ]


def test_permit_that_ends_while_training_keeps_the_update_here(site) -> None:
    reply = site.supernode.reply_to(site.ask(), trained())
    site.against = "this site's data protection officer has not consented"
    assert not site.supernode.announce(reply)
    assert "has not consented" in site.superlink.errors[0]
    with pytest.raises(TrainingRefused, match="No reply announced"):
        site.supernode.push_object(reply.object_id, reply.deflate())


def test_run_whose_configuration_changes_later_is_refused(site) -> None:
    site.ask()
    site.superlink.run = run_on(bundle.run_config(b"e" * 32))
    with pytest.raises(TrainingRefused):
        site.supernode.get_run()


def test_bundle_with_code_does_not_come_in(site) -> None:
    site.ask()
    site.superlink.fab = bundle.build() + b"PK"
    with pytest.raises(TrainingRefused, match="not the one installed"):
        site.supernode.call(FleetVerb.GET_FAB, GET_FAB)


@pytest.mark.parametrize(
    ("verb", "request_"),
    [
        (FleetVerb.GET_RUN, GetRunRequest(node=OWN, run_id=RUN)),
        (FleetVerb.GET_FAB, GET_FAB),
        (
            FleetVerb.PULL_OBJECT,
            PullObjectRequest(node=OWN, run_id=RUN, object_id="a" * 64),
        ),
        (
            FleetVerb.CONFIRM_MESSAGE_RECEIVED,
            ConfirmMessageReceivedRequest(
                node=OWN, run_id=RUN, message_object_id="a" * 64
            ),
        ),
    ],
)
def test_nothing_of_a_run_that_was_not_judged_comes_in(site, verb, request_) -> None:
    with pytest.raises(TrainingRefused, match="not permitted here"):
        site.supernode.call(verb, request_)
    assert not site.superlink.calls


def test_question_that_the_client_app_does_not_know_is_refused(site) -> None:
    site.superlink.waiting.append(asked("query.list_patients"))
    assert not site.supernode.pull()
    assert "no messages of this type" in site.superlink.errors[0]


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


# ------------------------------------------------------------------------ what goes out


@pytest.mark.parametrize(
    ("message_type", "content"),
    [
        (update.TRAIN, trained()),
        (update.INITIAL_WEIGHTS, RecordDict({update.ARRAYS: weights()})),
        (
            update.EVALUATE,
            RecordDict({update.METRIC_RECORD: MetricRecord({"auroc-edema": 0.87})}),
        ),
        (update.EVALUATE, RecordDict({update.METRIC_RECORD: MetricRecord()})),
    ],
)
def test_reply_leaves_and_every_byte_is_in_the_ledger(
    site, message_type, content
) -> None:
    reply = site.answer(content, site.ask(message_type))
    heads = site.superlink.pushed(FleetVerb.PUSH_MESSAGES)
    assert heads[0].messages_list[0].metadata.message_id == reply.object_id
    entries = site.ledger.entries()
    assert [each.digest for each in entries] == [
        hashlib.sha256(body).digest() for body in site.superlink.bodies
    ]
    assert {each.run for each in entries} == {"plan-1"}
    assert site.ledger.verify() == len(entries)


def test_how_long_the_training_took_does_not_leave(site) -> None:
    site.answer(trained())
    head = site.superlink.pushed(FleetVerb.PUSH_MESSAGES)[0]
    assert not head.clientapp_runtime_list


def test_text_of_an_exception_does_not_leave(site) -> None:
    site.answer(failed(SECRET))
    assert site.superlink.errors == [
        "the training failed here; the site's log says why"
    ]
    assert not any(SECRET.encode() in body for body in site.superlink.bodies)


@pytest.mark.parametrize(
    "content",
    [
        trained(metrics={update.EXAMPLES: 41.0}),
        trained(metrics={update.EXAMPLES: 0.0}),
        trained(metrics={update.TRAIN_LOSS: 0.693}),
        trained(metrics={update.TRAIN_LOSS: 10.01}),
        trained(metrics={update.HOLD_OUT_LOSS: 742.0}),
        trained(metrics={"auroc-edema": 0.871}),
        trained(metrics={"auroc-edema": 1.01}),
        trained(metrics={SECRET: 1.0}),
        trained(metrics={update.TRAIN_LOSS: [0.1, 0.2]}),
        trained(metrics={update.TRAIN_LOSS: float("nan")}),
        trained(arrays=weights(10)),
        trained(arrays=weights(dtype="float64")),
        trained(arrays=weights(name=SECRET)),
        RecordDict({SECRET: MetricRecord()}),
        RecordDict({update.METRIC_RECORD: ConfigRecord({"text": SECRET})}),
    ],
)
def test_anything_else_in_a_reply_is_refused(site, content) -> None:
    with pytest.raises(TrainingRefused, match="The reply may not leave"):
        site.answer(content)
    assert not any(SECRET.encode() in body for body in site.superlink.bodies)


def test_more_than_one_network_is_refused_before_a_byte_leaves(site) -> None:
    content = trained()
    content["second"] = weights(100)
    site.answer(content)
    assert "more objects" in site.superlink.errors[0]
    assert {kind for kind, _, _ in site.left()} == {"refusal"}


def test_object_other_than_the_one_announced_is_refused(site) -> None:
    reply = site.supernode.reply_to(site.ask(), trained())
    site.supernode.announce(reply)
    with pytest.raises(TrainingRefused, match="not what the reply announced"):
        site.supernode.push_object(reply.object_id, b"MetricRecord  3\0abc")
    with pytest.raises(TrainingRefused, match="No reply announced"):
        site.supernode.push_object("c" * 64, b"Message  0\0")


def test_reply_with_text_in_its_metadata_is_refused(site) -> None:
    reply = site.supernode.reply_to(site.ask(), trained())

    def plant(request) -> None:
        request.messages_list[0].metadata.group_id = SECRET

    site.supernode.announce(reply, plant)
    assert "does not fit the message" in site.superlink.errors[0]
    assert not any(SECRET.encode() in body for body in site.superlink.bodies)


def test_reply_that_nobody_asked_for_is_refused(site) -> None:
    site.ask()
    reply = site.supernode.reply_to(asked(message_id="f" * 64), trained())
    with pytest.raises(TrainingRefused, match="Nobody asked"):
        site.supernode.announce(reply)
    assert not site.left()


def test_upload_limit_holds_over_a_restart_of_the_gate(site) -> None:
    site.answer(trained())
    left = sum(size for _, _, size in site.left())
    site.terms.upload_limit = left + 1000
    site.supernode = SuperNode.active(site.new_gate())
    with pytest.raises(TrainingRefused, match="upload limit"):
        site.answer(trained())
    assert sum(size for _, _, size in site.left()) <= left + 1000


def test_refusal_is_said_when_the_coordinator_is_back(site) -> None:
    site.superlink.waiting.append(asked("query.list_patients"))
    forward = site.superlink.forward

    def away(verb, body, headers):
        if verb == FleetVerb.PUSH_MESSAGES:
            raise CoordinatorUnavailable("The coordinator cannot be reached.")
        return forward(verb, body, headers)

    site.gate._forward = away
    with pytest.raises(CoordinatorUnavailable):
        site.supernode.pull()
    assert not site.superlink.errors
    site.gate._forward = forward
    site.supernode.pull()
    assert len(site.superlink.errors) == 1


def test_messages_that_are_refused_do_not_fill_the_ledger(site, caplog) -> None:
    def flood():
        for number in range(REFUSALS):
            question = asked("query.list_patients", message_id=f"{number:064x}")
            site.superlink.waiting.append(question)
            assert not site.supernode.pull()

    flood()
    assert len(site.left()) == REFUSALS
    assert len(site.superlink.errors) == REFUSALS // 2
    assert caplog.text.count("no answer now") == 1
    logged = len(caplog.records)
    site.supernode = SuperNode.active(site.new_gate())
    flood()
    assert len(site.left()) == REFUSALS
    assert len(caplog.records) == logged + 1
    site.now += int(REFUSALS_SECONDS)
    flood()
    assert len(site.left()) == 2 * REFUSALS
    site.answer(trained())


def test_coordinator_that_takes_no_refusal_does_not_fill_the_ledger(site) -> None:
    site.superlink.waiting.append(asked("query.list_patients"))
    forward = site.superlink.forward

    def away(verb, body, headers):
        if verb == FleetVerb.PUSH_MESSAGES:
            raise CoordinatorUnavailable("The coordinator cannot be reached.")
        return forward(verb, body, headers)

    site.gate._forward = away
    for _ in range(REFUSALS - 1):
        with pytest.raises(CoordinatorUnavailable):
            site.supernode.pull()
    assert not site.supernode.pull()
    assert len(site.left()) < REFUSALS


@pytest.mark.parametrize("who", ["the SuperNode", "the site agent"])
def test_message_under_way_at_a_crash_is_answered_with_an_error(site, who) -> None:
    site.ask()
    if who == "the site agent":
        site.supernode = SuperNode.active(site.new_gate())
    site.supernode.activate()
    assert not site.supernode.pull()
    assert site.superlink.errors == ["The training was interrupted at this site."]
    site.supernode.activate()
    site.supernode.pull()
    assert len(site.superlink.errors) == 1


def test_message_that_was_answered_is_not_answered_again(site) -> None:
    site.answer(trained())
    site.supernode.activate()
    site.supernode.pull()
    assert not site.superlink.errors
