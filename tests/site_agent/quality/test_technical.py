"""The technical gate, one fact of a good study changed at a time."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from protos.specification import Specification
from protos.statistics_pb2 import AgeBand, Indication, Sex, Vendor
from site_agent.quality.technical import RULES, check
from site_agent.study import (
    CheckedStudy,
    DeidentifiedImage,
    DeidentifiedReport,
    DeidentifiedStudy,
    Disposition,
    Facts,
    Reason,
    ReasonCode,
    Refusal,
    Technical,
    View,
)

SPECIFICATION = Specification()
GOOD = Technical(
    modality="DX",
    view=View.PA,
    rows=2500,
    columns=2048,
    bits_stored=12,
    chest=True,
    vendor=Vendor.AGFA,
    burned_in=False,
)
FACTS = Facts(
    age=AgeBand.AGE_40_49,
    sex=Sex.FEMALE,
    year=2021,
    vendor=Vendor.AGFA,
    device="DAAAA",
    indication=Indication.ROUTINE_CHECK_UP,
)


REPORT = DeidentifiedReport("Clear.", "Normal.")


def film(uid: str = "2.25.1", **changes: Any) -> DeidentifiedImage:
    return DeidentifiedImage(uid, Path("x"), replace(GOOD, **changes))


def study(
    *images: DeidentifiedImage,
    report: DeidentifiedReport | None = REPORT,
    facts: Facts = FACTS,
) -> DeidentifiedStudy:
    return DeidentifiedStudy("S1", "P1", images, report, facts, ("113100",))


def refused(received: DeidentifiedStudy) -> tuple[Reason, ...]:
    verdict = check(received, SPECIFICATION)
    assert isinstance(verdict, Refusal)
    return verdict.reasons


def accepted(received: DeidentifiedStudy) -> CheckedStudy:
    verdict = check(received, SPECIFICATION)
    assert isinstance(verdict, CheckedStudy)
    return verdict


def test_good_study_goes_on_with_its_lateral() -> None:
    lateral = film("2.25.2", view=View.LATERAL)
    checked = accepted(study(film(), lateral))
    assert checked.primary.sop_instance_uid == "2.25.1"
    assert checked.supplementary == (lateral,)
    assert checked.left_out == ()


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"modality": "CT"}, Reason(ReasonCode.MODALITY, "CT")),
        ({"rows": 1024}, Reason(ReasonCode.RESOLUTION, "1024 x 2048")),
        ({"columns": 2047}, Reason(ReasonCode.RESOLUTION, "2500 x 2047")),
        ({"bits_stored": 8}, Reason(ReasonCode.BIT_DEPTH, "8 bits")),
        ({"chest": False}, Reason(ReasonCode.BODY_PART)),
        ({"vendor": None}, Reason(ReasonCode.VENDOR)),
    ],
)
def test_film_that_breaks_one_rule(changes: dict[str, Any], reason: Reason) -> None:
    assert refused(study(film(**changes))) == (reason,)


def test_body_part_that_nothing_tells_is_said() -> None:
    (reason,) = refused(study(film(chest=None)))
    assert reason.code is ReasonCode.BODY_PART
    assert "no attribute" in reason.detail


def test_all_reasons_come_at_once() -> None:
    bad = film(modality="OT", rows=10, bits_stored=8, chest=False, vendor=None)
    facts = replace(FACTS, age=AgeBand.AGE_UNKNOWN)
    reasons = refused(study(bad, report=None, facts=facts))
    assert {reason.code for reason in reasons} == {
        ReasonCode.REPORT_MISSING,
        ReasonCode.AGE,
        *RULES,
    }


def test_study_without_a_pa_view_says_which_views_it_has() -> None:
    reasons = refused(study(film(view=View.AP), film("2.25.2", view=View.LATERAL)))
    assert reasons == (Reason(ReasonCode.PROJECTION, "AP, LATERAL"),)


def test_study_without_a_report_is_quarantined() -> None:
    verdict = check(study(film(), report=None), SPECIFICATION)
    assert verdict == Refusal((Reason(ReasonCode.REPORT_MISSING),))
    assert isinstance(verdict, Refusal)
    assert verdict.disposition is Disposition.QUARANTINED


@pytest.mark.parametrize(
    ("report", "detail"),
    [
        (DeidentifiedReport("", "Normal."), "no Findings"),
        (DeidentifiedReport("Clear.", " \n"), "no Impression"),
        (DeidentifiedReport("", ""), "no Findings and no Impression"),
    ],
)
def test_report_without_a_section(report: DeidentifiedReport, detail: str) -> None:
    reasons = refused(study(film(), report=report))
    assert reasons == (Reason(ReasonCode.SECTIONS, detail),)


def test_largest_of_several_pa_films_is_primary() -> None:
    small, large = film("2.25.1"), film("2.25.2", rows=3000)
    checked = accepted(study(small, large))
    assert checked.primary is large
    assert checked.left_out == (Reason(ReasonCode.FURTHER_VIEW, "PA"),)


def test_equal_pa_films_are_chosen_by_their_uid_in_any_order() -> None:
    one, two = film("2.25.1"), film("2.25.2")
    assert accepted(study(two, one)).primary is one
    assert accepted(study(one, two)).primary is one


def test_unfit_pa_film_beside_a_fit_one_is_left_out() -> None:
    checked = accepted(study(film("2.25.1", rows=512, columns=512), film("2.25.2")))
    assert checked.primary.sop_instance_uid == "2.25.2"
    assert [reason.code for reason in checked.left_out] == [
        ReasonCode.RESOLUTION,
        ReasonCode.FURTHER_VIEW,
    ]


def test_empty_study_has_no_pa_view() -> None:
    assert [reason.code for reason in refused(study())] == [ReasonCode.PROJECTION]


def test_specification_decides_the_limits() -> None:
    lax = Specification(least_rows=100, least_columns=100, least_bits_stored=8)
    small = study(film(rows=100, columns=100, bits_stored=8))
    assert isinstance(check(small, lax), CheckedStudy)
