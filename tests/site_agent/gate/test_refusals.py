"""Who asks in vain is told so once, and does not fill the ledger."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from protos.consortium_pb2 import FleetVerb
from site_agent.errors import CoordinatorUnavailable
from site_agent.gate import REFUSALS, REFUSALS_SECONDS
from tests.site_agent.flower import SuperNode, asked, trained
from tests.site_agent.gate.gated_site import Site


@contextmanager
def out_of_reach(site: Site) -> Iterator[None]:
    """Let no reply reach the coordinator."""
    forward = site.superlink.forward

    def away(verb, body, headers):
        if verb == FleetVerb.PUSH_MESSAGES:
            raise CoordinatorUnavailable("The coordinator cannot be reached.")
        return forward(verb, body, headers)

    site.gate._forward = away
    yield
    site.gate._forward = forward


def test_refusal_is_said_when_the_coordinator_is_back(site) -> None:
    site.superlink.waiting.append(asked("query.list_patients"))
    with out_of_reach(site), pytest.raises(CoordinatorUnavailable):
        site.supernode.pull()
    assert not site.superlink.errors
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
    with out_of_reach(site):
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
