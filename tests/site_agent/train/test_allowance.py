"""A permit is good for its rounds and bytes, however many runs claim it."""

from __future__ import annotations

import pytest
from flwr.app import MetricRecord, RecordDict
from flwr.proto.fab_pb2 import Fab, GetFabRequest, GetFabResponse
from flwr.proto.fleet_pb2 import PullMessagesRequest, PullMessagesResponse
from flwr.proto.message_pb2 import Message as ProtoMessage
from flwr.proto.node_pb2 import Node
from flwr.supercore.inflatable.inflatable_object import get_all_nested_objects

from protos import bundle, update
from protos.consortium_pb2 import FleetReply, FleetVerb
from protos.training_pb2 import Network, PermitTerms, TrainingPlan
from site_agent.egress import Ledger
from site_agent.errors import TrainingRefused
from site_agent.gate import Gate
from tests.site_agent.flower import (
    DIGEST,
    KEY,
    NODE,
    RUN,
    SuperLink,
    SuperNode,
    asked,
    run_on,
    trained,
)

FIGURES = RecordDict({update.METRIC_RECORD: MetricRecord({"auroc-edema": 0.87})})


class Site:
    """A gate whose coordinator may start as many runs as it likes on one permit."""

    def __init__(self, folder) -> None:
        self.terms = PermitTerms(
            plan="plan-1",
            training=TrainingPlan(network=Network.DENSENET_TINY, rounds=2),
            upload_limit=100_000_000,
        )
        self.superlink = SuperLink()
        self.ledger = Ledger(folder / "egress.db")
        self.asked = 0
        self.restart()

    def restart(self) -> None:
        self.gate = Gate(
            forward=self.superlink.forward,
            judge=lambda _: self.terms,
            ledger=self.ledger,
            asked=self.ledger.path.with_name("asked"),
            key=KEY.public_key(),
        )
        self.supernode = SuperNode.active(self.gate)

    def ask(self, message_type=update.TRAIN, run=RUN):
        """Hand out a message of a run; True when it reaches the SuperNode."""
        self.asked += 1
        question = asked(message_type, f"{self.asked:064x}")
        question.run_id = run
        self.superlink.run = run_on(bundle.run_config(DIGEST), run_id=run)
        self.superlink.waiting.append(question)
        return question if self.supernode.pull() else None

    def round(self, message_type=update.TRAIN, run=RUN) -> bool:
        question = self.ask(message_type, run)
        if question is None:
            return False
        content = trained() if message_type == update.TRAIN else FIGURES
        reply = self.supernode.reply_to(question, content)
        wanted = self.supernode.announce(reply)
        for object_id, each in get_all_nested_objects(reply).items():
            if object_id in wanted:
                self.supernode.push_object(object_id, each.deflate(), run)
        return bool(wanted)

    def sent(self) -> int:
        return sum(
            entry.size for entry in self.ledger.entries() if entry.kind != "refusal"
        )


@pytest.fixture
def site(tmp_path) -> Site:
    return Site(tmp_path)


def test_plan_of_two_rounds_trains_and_evaluates_twice(site) -> None:
    for _ in range(2):
        assert site.round(update.TRAIN)
        assert site.round(update.EVALUATE)
    assert not site.superlink.errors


@pytest.mark.parametrize("message_type", [update.TRAIN, update.EVALUATE])
def test_round_beyond_the_permit_reaches_no_study(site, message_type) -> None:
    assert site.round(message_type)
    assert site.round(message_type)
    assert not site.round(message_type)
    assert site.superlink.errors == [
        "The permit is for 2 rounds, and as many have left."
    ]


def test_second_run_on_the_same_permit_gets_no_further_rounds(site) -> None:
    assert site.round(run=RUN)
    assert site.round(run=RUN + 1)
    assert not site.round(run=RUN + 2)


def test_rounds_are_counted_over_a_restart(site) -> None:
    assert site.round()
    site.restart()
    assert site.round()
    site.restart()
    assert not site.round()


def test_rounds_asked_at_once_by_several_runs_leave_no_oftener(site) -> None:
    site.terms.training.rounds = 1
    first, second = site.ask(run=RUN), site.ask(run=RUN + 1)
    assert site.supernode.announce(site.supernode.reply_to(first, trained()))
    with pytest.raises(TrainingRefused, match="1 rounds"):
        site.supernode.announce(site.supernode.reply_to(second, trained()))


def test_upload_limit_holds_for_all_runs_of_a_permit_together(site) -> None:
    site.terms.training.rounds = 100
    assert site.round(run=RUN)
    assert site.round(run=RUN + 1)
    site.terms.upload_limit = site.sent() + 1000
    for run in (RUN, RUN + 1, RUN + 2):
        with pytest.raises(TrainingRefused, match="upload limit"):
            site.round(run=run)
    assert site.sent() <= site.terms.upload_limit


def test_only_the_message_that_was_judged_comes_in(site) -> None:
    forward = site.superlink.forward
    judged, stowaway = asked(), asked("query.list_patients", "b" * 64)

    def two_at_once(verb, body, headers):
        if verb != FleetVerb.PULL_MESSAGES:
            return forward(verb, body, headers)
        handed = PullMessagesResponse(
            messages_list=[ProtoMessage(metadata=each) for each in (judged, stowaway)]
        )
        return FleetReply(status=200, body=handed.SerializeToString())

    site.gate._forward = two_at_once
    asks = PullMessagesRequest(node=Node(node_id=NODE))
    reply = site.supernode.call(FleetVerb.PULL_MESSAGES, asks)
    messages = PullMessagesResponse.FromString(reply.body).messages_list
    assert [each.metadata for each in messages] == [judged]


def test_bundle_comes_in_without_what_the_coordinator_says_about_it(site) -> None:
    site.ask()

    def with_a_path(verb, body, headers):
        fab = Fab(
            hash_str="../../escape",
            content=bundle.build(),
            verifications={"signed": "by nobody"},
        )
        return FleetReply(status=200, body=GetFabResponse(fab=fab).SerializeToString())

    site.gate._forward = with_a_path
    asks = GetFabRequest(node=Node(node_id=NODE), run_id=RUN)
    asks.hash_str = bundle.digest().hex()
    reply = site.supernode.call(FleetVerb.GET_FAB, asks)
    fab = GetFabResponse.FromString(reply.body).fab
    assert (fab.hash_str, fab.content) == (bundle.digest().hex(), bundle.build())
    assert not fab.verifications
