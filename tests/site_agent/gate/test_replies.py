"""Replies leave as announced, every byte in the ledger, and nothing else does."""

from __future__ import annotations

import hashlib

import pytest
from flwr.app import ConfigRecord, MetricRecord, RecordDict

from protos import update
from protos.consortium_pb2 import FleetVerb
from site_agent.errors import TrainingRefused
from tests.site_agent.flower import SuperNode, asked, failed, trained, weights
from tests.site_agent.gate.gated_site import SECRET


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
