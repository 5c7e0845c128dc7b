"""One study goes through the steps in their order, or is refused with every reason."""

from __future__ import annotations

import errno
import json
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pydicom
import pytest

from site_agent import pipeline
from site_agent.acquire.folder import look
from site_agent.acquire.receive import receive
from site_agent.acquire.sorting import Arrival, sort
from site_agent.acquire.walking import files_below
from site_agent.config import Specification
from site_agent.deidentify.header.options import Options
from site_agent.deidentify.pseudonym import Pseudonyms
from site_agent.pipeline import Staged, Tools, take
from site_agent.study import (
    AuditedStudy,
    Disposition,
    ReasonCode,
    ReceivedStudy,
    Refusal,
)
from tests.site_agent.deidentify.pixels.drawn import COLUMNS, ROWS, drawn
from tests.site_agent.inbox import ACCESSION, STUDY, film, put, report, write_inbox

PSEUDONYMS = Pseudonyms(bytes(range(32)))
TOOLS = Tools(PSEUDONYMS, Options(), (), Specification(least_rows=32, least_columns=32))


def arrival(inbox: Path) -> Arrival:
    (only,) = sort([look(path) for path in files_below(inbox)]).arrivals
    return only


def refused(inbox: Path, staging: Path) -> set[ReasonCode]:
    result = take(arrival(inbox), TOOLS, staging)
    assert isinstance(result, Refusal)
    assert list(staging.iterdir()) == []
    return {reason.code for reason in result.reasons}


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    write_inbox(tmp_path / "inbox", 1)
    return tmp_path / "inbox"


@pytest.fixture
def staging(tmp_path: Path) -> Path:
    (tmp_path / "staging").mkdir()
    return tmp_path / "staging"


def test_good_study_is_staged_with_its_report(inbox: Path, staging: Path) -> None:
    result = take(arrival(inbox), TOOLS, staging)
    assert isinstance(result, Staged)
    assert isinstance(result.study, AuditedStudy)
    assert result.study.study == PSEUDONYMS.study(f"{STUDY}.1")
    assert len(result.study.labels) == 14
    kept = json.loads((result.folder / "report.json").read_bytes())
    assert kept["findings"].startswith("Heart size within normal limits.")
    assert "Wagenknecht" not in kept["impression"]


def test_name_in_the_pixels_of_a_film_is_not_staged(inbox: Path, staging: Path) -> None:
    pixels = drawn(("REUTER, FRANCISCO", 60, 120))
    content = film(
        1,
        Rows=ROWS,
        Columns=COLUMNS,
        PixelData=pixels.tobytes(),
        BurnedInAnnotation="NO",
    )
    put(inbox / "images/PA000001/IM000001", content)
    result = take(arrival(inbox), replace(TOOLS, may_stay=frozenset()), staging)
    assert isinstance(result, Staged)
    assert result.study.methods == ("113100", "113101")
    kept = pydicom.dcmread(result.folder / "primary.dcm")
    assert kept.BurnedInAnnotation == "NO"
    assert not np.array_equal(kept.pixel_array[:200], pixels[:200])
    assert np.array_equal(kept.pixel_array[200:], pixels[200:])


def test_what_a_film_says_of_burned_in_text_is_known_when_its_new_header_says_no(
    inbox: Path, staging: Path
) -> None:
    clean = {"Rows": ROWS, "Columns": COLUMNS, "PixelData": drawn().tobytes()}
    content = film(1, **clean, BurnedInAnnotation="YES")
    put(inbox / "images/PA000001/IM000001", content)
    result = take(arrival(inbox), replace(TOOLS, may_stay=frozenset()), staging)
    assert isinstance(result, Refusal)
    assert [reason.code for reason in result.reasons] == [ReasonCode.BURNED_IN]
    assert list(staging.iterdir()) == []


def test_film_that_is_replaced_after_its_header_was_read_is_not_staged(
    inbox: Path, staging: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = inbox / "images/PA000001/IM000001"

    def replaced(found: Arrival) -> ReceivedStudy:
        received = receive(found)
        put(path.with_name("new"), film(1, PatientName="Other^Patient"))
        path.with_name("new").replace(path)
        return received

    monkeypatch.setattr(pipeline, "receive", replaced)
    result = take(arrival(inbox), TOOLS, staging)
    assert isinstance(result, Refusal)
    assert [reason.detail for reason in result.reasons] == [pipeline.CHANGED]
    assert list(staging.iterdir()) == []


def test_full_disk_is_not_the_fault_of_a_study(
    inbox: Path, staging: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(pipeline.Conversion, "convert", fail)
    with pytest.raises(OSError, match="No space left"):
        take(arrival(inbox), TOOLS, staging)
    assert list(staging.iterdir()) == []


def test_failure_of_a_step_refuses_the_study_and_quotes_nothing(
    inbox: Path, staging: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise KeyError(ACCESSION)

    monkeypatch.setattr(pipeline, "deidentify", fail)
    result = take(arrival(inbox), TOOLS, staging)
    assert isinstance(result, Refusal)
    (reason,) = result.reasons
    assert (reason.code, reason.detail) == (ReasonCode.UNREADABLE, "KeyError")


def test_study_that_takes_too_long_is_given_up(
    inbox: Path, staging: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline, "TIME_LIMIT", 1)
    monkeypatch.setattr(pipeline, "deidentify", lambda *_: time.sleep(60))
    assert refused(inbox, staging) == {ReasonCode.UNREADABLE}


def test_study_too_large_to_be_films_is_not_read(
    inbox: Path, staging: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline, "LARGEST_STUDY", 1000)
    monkeypatch.setattr(pipeline, "receive", None)
    assert refused(inbox, staging) == {ReasonCode.UNREADABLE}
    put(inbox / "images/PA000001/IM000001", film(1, Modality="CT"))
    assert refused(inbox, staging) == {ReasonCode.MODALITY}


def test_report_alone_is_refused_unread(tmp_path: Path, staging: Path) -> None:
    put(tmp_path / f"inbox/{ACCESSION}1.txt", report(1))
    assert refused(tmp_path / "inbox", staging) == {ReasonCode.STUDY_MISSING}


def test_conflict_does_not_hide_what_else_is_wrong(inbox: Path, staging: Path) -> None:
    put(inbox / "again", film(1, PatientSex="M", ViewPosition="AP"))
    put(inbox / "images/PA000001/IM000001", film(1, ViewPosition="AP"))
    codes = refused(inbox, staging)
    assert codes == {ReasonCode.CONFLICTING_INSTANCES, ReasonCode.PROJECTION}


def test_damage_is_the_only_reason_a_damaged_film_gives(
    inbox: Path, staging: Path
) -> None:
    put(inbox / "images/PA000001/IM000001", film(1, Rows=8)[:1500])
    result = take(arrival(inbox), TOOLS, staging)
    assert isinstance(result, Refusal)
    assert result.disposition is Disposition.QUARANTINED
    assert [reason.code for reason in result.reasons] == [ReasonCode.UNREADABLE]
