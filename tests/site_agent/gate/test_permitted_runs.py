"""Only what a permitted run asks comes in, and only while it is permitted."""

from __future__ import annotations

import pytest
from flwr.proto.message_pb2 import ConfirmMessageReceivedRequest, PullObjectRequest
from flwr.proto.run_pb2 import GetRunRequest
from flwr.supercore.constant import TaskType

from protos import bundle
from protos.consortium_pb2 import FleetVerb
from site_agent.errors import TrainingRefused
from tests.site_agent.flower import DIGEST, RUN, asked, run_on, trained
from tests.site_agent.gate.gated_site import GET_FAB, OWN


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
