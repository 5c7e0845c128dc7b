"""Dataset versions: proposed from what was contributed, released by a quorum."""

from __future__ import annotations

import threading
from fractions import Fraction

import pytest
from sqlmodel import select

from coordinator.consortium import members, versions
from coordinator.consortium.agenda import agenda
from coordinator.consortium.specifications import put_in_force
from coordinator.database import open_session
from coordinator.errors import Conflict, CoordinatorError, Refused
from coordinator.models import LogLeaf
from coordinator.rules.states import VersionState
from coordinator.rules.versions import Content, Number, Part, change, next_number
from protos.dataset_pb2 import Decision
from protos.specification import Specification

SHARE = Fraction(2, 3)


def proposed(consortium):
    with open_session(consortium.home) as session:
        return versions.propose(session, share=SHARE, now=consortium.now)


def listed(consortium):
    with open_session(consortium.home, reads=True) as session:
        return [(each.version, each.state.value) for each in versions.versions(session)]


def contribute(consortium, hospitals, root=b"r" * 32):
    for hospital in hospitals:
        consortium.submit(hospital, hospital.contribution(root))


def released(consortium, hospitals):
    version = proposed(consortium)
    for hospital in hospitals:
        consortium.submit(hospital, hospital.vote(version.digest))
    return version


def test_first_version_is_released_at_the_quorum(consortium, hospitals):
    contribute(consortium, hospitals)
    version = proposed(consortium)
    assert (version.version, version.quorum) == ("1.0.0", 2)
    consortium.submit(hospitals[0], hospitals[0].vote(version.digest))
    assert listed(consortium) == [("1.0.0", "proposed")]
    consortium.submit(hospitals[1], hospitals[1].vote(version.digest))
    assert listed(consortium) == [("1.0.0", "released")]
    # The third comes late: it is recorded and changes nothing.
    consortium.submit(hospitals[2], hospitals[2].vote(version.digest, Decision.REJECT))
    assert listed(consortium) == [("1.0.0", "released")]
    with open_session(consortium.home, reads=True) as session:
        kinds = list(session.exec(select(LogLeaf.kind)))
    assert kinds.count("version-released") == 1


def test_version_is_rejected_when_no_quorum_can_come(consortium, hospitals):
    contribute(consortium, hospitals)
    version = proposed(consortium)
    for hospital in hospitals[:2]:
        data = hospital.vote(version.digest, Decision.REJECT)
        consortium.submit(hospital, data)
    assert listed(consortium) == [("1.0.0", "rejected")]
    # Nothing was released, so that the next proposal is the first again.
    assert proposed(consortium).version == "1.0.0"


def test_member_may_change_its_vote_while_it_is_open(consortium, hospitals):
    contribute(consortium, hospitals)
    version = proposed(consortium)
    first = hospitals[0]
    consortium.submit(first, first.vote(version.digest, Decision.REJECT))
    consortium.submit(first, first.vote(version.digest))
    consortium.submit(hospitals[1], hospitals[1].vote(version.digest))
    assert listed(consortium) == [("1.0.0", "released")]
    with pytest.raises(Conflict, match="its vote stands"):
        consortium.submit(first, first.vote(version.digest, Decision.REJECT))


def test_two_votes_at_once_release_it_once(consortium, hospitals):
    contribute(consortium, hospitals)
    version = proposed(consortium)
    gate, failed = threading.Barrier(3), []

    def cast(hospital):
        gate.wait()
        try:
            consortium.submit(hospital, hospital.vote(version.digest))
        except CoordinatorError as error:
            failed.append(error)

    threads = [threading.Thread(target=cast, args=(each,)) for each in hospitals]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    with open_session(consortium.home, reads=True) as session:
        kinds = list(session.exec(select(LogLeaf.kind)))
        assert len(versions.votes(session, version)) == 3
    assert kinds.count("version-released") == 1


def test_two_proposals_at_once_leave_one(consortium, hospitals):
    contribute(consortium, hospitals)
    gate, outcomes = threading.Barrier(4), []

    def propose():
        gate.wait()
        try:
            outcomes.append(proposed(consortium).version)
        except Conflict as error:
            outcomes.append(str(error))

    threads = [threading.Thread(target=propose) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes.count("1.0.0") == 1
    assert listed(consortium) == [("1.0.0", "proposed")]


def test_nothing_contributed_and_nothing_changed_are_refused(consortium, hospitals):
    with pytest.raises(Refused, match="no member has contributed"):
        proposed(consortium)
    contribute(consortium, hospitals)
    released(consortium, hospitals)
    with pytest.raises(Refused, match="nothing has changed"):
        proposed(consortium)


def test_another_manifest_raises_the_minor_part(consortium, hospitals):
    contribute(consortium, hospitals)
    released(consortium, hospitals)
    contribute(consortium, hospitals[:1], root=b"s" * 32)
    version = proposed(consortium)
    assert version.version == "1.1.0"
    assert version.change == "minor: alder has another manifest"


def test_another_specification_raises_the_major_part(consortium, hospitals):
    contribute(consortium, hospitals)
    released(consortium, hospitals)
    newer = Specification(least_calendar_years=6)
    with open_session(consortium.home) as session:
        put_in_force(session, newer, now=consortium.now)
    with pytest.raises(Refused) as refusal:
        proposed(consortium)
    assert len(refusal.value.reasons) == 3  # every site must publish again


def test_revoked_member_withdraws_and_does_not_count(consortium, hospitals):
    contribute(consortium, hospitals)
    released(consortium, hospitals)
    with open_session(consortium.home) as session:
        members.revoke(session, "cedar", now=consortium.now)
    version = proposed(consortium)
    assert (version.version, version.change) == ("1.1.0", "minor: cedar withdraws")


def test_revoking_members_rejects_what_can_no_longer_reach_its_quorum(
    consortium, hospitals
):
    contribute(consortium, hospitals)
    proposed(consortium)
    with open_session(consortium.home) as session:
        for site in ("birch", "cedar"):
            members.revoke(session, site, now=consortium.now)
        versions.settle_versions(session, now=consortium.now)
    assert listed(consortium) == [("1.0.0", "rejected")]


def test_site_that_joined_later_does_not_vote(consortium, hospitals):
    contribute(consortium, hospitals)
    version = proposed(consortium)
    consortium.now += 60
    late = type(hospitals[0])("dogwood").join(consortium)
    with pytest.raises(Refused, match="joined after"):
        consortium.submit(late, late.vote(version.digest))


def test_agenda_carries_the_exact_bytes_that_are_voted_on(consortium, hospitals):
    contribute(consortium, hospitals)
    version = proposed(consortium)
    with open_session(consortium.home, reads=True) as session:
        told = agenda(session, now=consortium.now)
    assert list(told.proposed_versions) == [version.content]
    assert [each.site for each in told.members] == ["alder", "birch", "cedar"]
    assert told.specification == Specification().canonical
    for hospital in hospitals:
        consortium.submit(hospital, hospital.vote(version.digest))
    with open_session(consortium.home, reads=True) as session:
        told = agenda(session, now=consortium.now)
    assert list(told.proposed_versions) == []
    assert list(told.released_versions) == [version.content]


# ------------------------------------------------------------------------- pure rules


def content(specification=b"s", **roots):
    return Content(specification, {site: root.encode() for site, root in roots.items()})


@pytest.mark.parametrize(
    ("before", "after", "part", "told"),
    [
        (content(a="1"), content(a="2"), Part.MINOR, ("a has another manifest",)),
        (content(a="1"), content(a="1", b="1"), Part.MINOR, ("b joins",)),
        (content(a="1", b="1"), content(a="1"), Part.MINOR, ("b withdraws",)),
        (
            content(a="1"),
            content(b"t", a="2"),
            Part.MAJOR,
            ("another specification", "a has another manifest"),
        ),
    ],
)
def test_difference_decides_the_part(before, after, part, told):
    found = change(before, after)
    assert found is not None
    assert (found.part, found.differences) == (part, told)


def test_same_content_is_no_change():
    assert change(content(a="1"), content(a="1")) is None


def test_higher_part_resets_the_lower_ones():
    assert str(next_number(Number(1, 4, 2), Part.MINOR)) == "1.5.0"
    assert str(next_number(Number(1, 4, 2), Part.MAJOR)) == "2.0.0"
    assert Number.parse("1.10.0") > Number.parse("1.9.9")
    with pytest.raises(ValueError, match="three numbers"):
        Number.parse("1.0")


def test_every_state_of_a_version_is_listed(consortium):
    with open_session(consortium.home, reads=True) as session:
        assert versions.versions(session, VersionState.RELEASED) == []
