"""The pure rules: quorum, access, attempts, and what the specification asks for."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coordinator.errors import Refused
from coordinator.rules import quorum
from coordinator.rules.access import SCOPES, SESSION_ONLY, Scope, api_token_scopes
from coordinator.rules.compliance import (
    RULES,
    SiteEvidence,
    article_30_lacks,
    findings,
    studies,
)
from coordinator.rules.quorum import Outcome
from coordinator.rules.states import Ballot, UserRole
from coordinator.rules.throttle import Throttle
from protos.article30_pb2 import (
    DataCategory,
    DataSubject,
    Party,
    Purpose,
    Recipient,
    RecordOfProcessing,
    SecurityMeasure,
)
from protos.dataset_pb2 import Contribution
from protos.specification import Specification
from protos.statistics_pb2 import (
    AgeBand,
    AgeCell,
    Assertion,
    DatasetStatistics,
    Indication,
    IndicationCell,
    Observation,
    ObservationCell,
    Sex,
    SexCell,
    Vendor,
    VendorCell,
    YearCell,
)

TWO_THIRDS = Fraction(2, 3)
YES, NO = Ballot.APPROVE, Ballot.REJECT


# ----------------------------------------------------------------------------- quorum


@pytest.mark.parametrize(
    ("members", "needed"), [(1, 1), (2, 2), (3, 2), (4, 3), (6, 4), (7, 5), (0, 1)]
)
def test_two_thirds_are_rounded_up(members, needed):
    assert quorum.needed(TWO_THIRDS, members) == needed


@given(
    st.dictionaries(st.integers(0, 9).map(str), st.sampled_from(Ballot)),
    st.integers(1, 10),
)
def test_decided_ballot_stays_decided_whatever_is_still_cast(ballots, electors):
    electorate = [str(number) for number in range(electors)]
    needed = quorum.needed(TWO_THIRDS, electors)
    before = quorum.outcome(ballots, electorate=electorate, quorum=needed)
    for missing in set(electorate) - ballots.keys():
        for ballot in Ballot:
            after = quorum.outcome(
                {**ballots, missing: ballot}, electorate=electorate, quorum=needed
            )
            assert before is Outcome.OPEN or after is before


@given(st.dictionaries(st.integers(0, 9).map(str), st.sampled_from(Ballot)))
def test_full_ballot_is_never_open(ballots):
    needed = quorum.needed(TWO_THIRDS, len(ballots))
    outcome = quorum.outcome(ballots, electorate=list(ballots), quorum=needed)
    assert (outcome is Outcome.OPEN) is False or not ballots


def test_ballots_of_strangers_do_not_count():
    ballots = {"x": YES, "y": YES, "a": NO}
    outcome = quorum.outcome(ballots, electorate=["a", "b", "c"], quorum=2)
    assert outcome is Outcome.OPEN


# ----------------------------------------------------------------------------- access


def test_researcher_reads_and_plans_and_keeps_no_members():
    scopes = SCOPES[UserRole.RESEARCHER]
    assert Scope.PLANS_WRITE in scopes
    assert not scopes & {Scope.MEMBERS_READ, Scope.VERSIONS_WRITE, Scope.USERS_READ}


def test_who_keeps_the_members_does_not_train():
    assert Scope.PLANS_WRITE not in SCOPES[UserRole.ADMIN]


@pytest.mark.parametrize("role", UserRole)
def test_api_token_never_makes_another(role):
    for scope in SESSION_ONLY:
        with pytest.raises(Refused, match=scope):
            api_token_scopes(role, [scope])
    with pytest.raises(Refused, match="at least one"):
        api_token_scopes(role, [])


# --------------------------------------------------------------------------- attempts


def test_attempts_are_counted_in_a_sliding_window():
    throttle = Throttle(attempts=2, seconds=10)
    assert [throttle.admit("a", now=now) for now in (0, 5, 6, 10, 11)] == [
        True,
        True,
        False,
        True,
        False,
    ]
    assert throttle.admit("b", now=6)


def test_refund_takes_back_one_attempt():
    throttle = Throttle(attempts=1, seconds=10)
    assert throttle.admit("a", now=0)
    throttle.refund("a")
    assert throttle.admit("a", now=0)
    throttle.refund("nobody")


def test_crowd_of_keys_cannot_fill_the_memory():
    throttle = Throttle(attempts=1, seconds=10, keys=100)
    for number in range(1000):
        throttle.admit(str(number), now=0)
    assert len(throttle._seen) == 100


# ------------------------------------------------------------------------- compliance


ROOT = b"r" * 32


def complete_site(**changes):
    everything = {
        "contribution": Contribution(
            manifest_root=ROOT,
            study_tens=4000,
            patient_tens=4000,
            three_vendors=True,
            audited_tenths=1,
        ),
        "statistics": DatasetStatistics(
            manifest_root=ROOT,
            observations=[
                ObservationCell(
                    observation=Observation.EDEMA, assertion=Assertion.POSITIVE, tens=3
                )
            ],
            ages=[
                AgeCell(age=AgeBand.AGE_10_17, tens=10),
                AgeCell(age=AgeBand.AGE_40_49, tens=90),
            ],
            sexes=[SexCell(sex=Sex.FEMALE, tens=50)],
            years=[YearCell(year=year, tens=1) for year in range(2016, 2021)],
            vendors=[VendorCell(vendor=Vendor.SIEMENS, tens=9)],
            indications=[
                IndicationCell(indication=Indication.ROUTINE_CHECK_UP, tens=9)
            ],
        ),
        "record": RecordOfProcessing(
            controller=Party(name="Hospital", contact="post@hospital.example"),
            data_protection_officer=Party(
                name="Officer", contact="dpo@hospital.example"
            ),
            purposes=[Purpose.REFERENCE_DATASET],
            data_subjects=[DataSubject.ADULT_PATIENTS],
            data_categories=[DataCategory.OBSERVATION_LABELS],
            recipients=[Recipient.CONSORTIUM_AGGREGATES],
            retention_months=120,
            security_measures=[SecurityMeasure.MUTUAL_TLS],
            manifest_root=ROOT,
        ),
        "documents": frozenset(
            {
                "consortium-agreement",
                "data-processing-agreement",
                "ethics-approval-or-waiver",
            }
        ),
    }
    return SiteEvidence(**(everything | changes))


def lacking(evidence):
    return {each.rule for each in findings(evidence, Specification()) if not each.met}


def test_one_complete_site_of_the_right_size_lacks_nothing():
    assert lacking({"alder": complete_site()}) == set()


def test_nobody_lacks_everything():
    assert lacking({}) == {rule.code for rule in RULES}


def one_less(message, field, index=-1):
    changed = type(message)()
    changed.CopyFrom(message)
    del getattr(changed, field)[index]
    return changed


def test_each_rule_sees_its_own_lack_and_no_other():
    usual = complete_site()
    tables, record = usual.statistics, usual.record
    few = Contribution()
    few.CopyFrom(usual.contribution)
    few.study_tens = 3999
    one_vendor = Contribution()
    one_vendor.CopyFrom(usual.contribution)
    one_vendor.three_vendors = False
    unread = Contribution()
    unread.CopyFrom(usual.contribution)
    unread.audited_tenths = 0
    young = DatasetStatistics()
    young.CopyFrom(tables)
    young.ages[0].tens = 11
    cases = {
        "studies": {"contribution": few},
        "vendors": {"contribution": one_vendor},
        "radiologist-audit": {"contribution": unread},
        "years": {"statistics": one_less(tables, "years")},
        "paediatric": {"statistics": young},
        "tables": {"statistics": one_less(tables, "sexes")},
        "article-30-record": {"record": one_less(record, "purposes")},
        "documents": {"documents": frozenset({"consortium-agreement"})},
    }
    for rule, changes in cases.items():
        assert lacking({"alder": complete_site(**changes)}) == {rule}
    assert "contributions" in lacking(
        {"alder": usual, "birch": complete_site(contribution=None)}
    )


def test_tables_and_record_must_be_of_the_contributed_manifest():
    other = Contribution()
    other.CopyFrom(complete_site().contribution)
    other.manifest_root = b"s" * 32
    assert lacking({"alder": complete_site(contribution=other)}) == {
        "tables",
        "article-30-record",
    }


def test_three_named_vendors_are_enough_over_all_sites():
    none = Contribution(manifest_root=ROOT, study_tens=4000, audited_tenths=1)
    sites = {}
    for name, vendor in (
        ("a", Vendor.GE),
        ("b", Vendor.AGFA),
        ("c", Vendor.OTHER_VENDOR),
    ):
        tables = DatasetStatistics()
        tables.CopyFrom(complete_site().statistics)
        tables.vendors[0].vendor = vendor
        sites[name] = complete_site(contribution=none, statistics=tables)
    assert "vendors" in lacking(sites)  # "other" is nobody's name
    sites["c"].statistics.vendors[0].vendor = Vendor.CANON
    assert "vendors" not in lacking(sites)


def test_finding_says_who_lacks_what():
    found = findings(
        {"alder": complete_site(record=None), "birch": complete_site()}, Specification()
    )
    told = next(each for each in found if each.rule == "article-30-record")
    assert told.got == "alder: no record"
    assert "30(1)" in told.expected
    assert studies({"alder": complete_site(), "birch": complete_site()}) == 80_000


def test_empty_record_lacks_every_letter_that_article_30_asks_for():
    letters = [each.split(" ")[0] for each in article_30_lacks(RecordOfProcessing())]
    assert letters == [f"30(1)({letter})" for letter in "aabccdfg"]
