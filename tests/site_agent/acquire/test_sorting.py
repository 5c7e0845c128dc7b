"""What lies in an inbox is sorted by what it is, not by where it lies."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from pydicom.uid import MediaStorageDirectoryStorage

from site_agent.acquire.folder import (
    CANNOT_BE_OPENED,
    FoundImage,
    FoundNothing,
    FoundReports,
    Ignored,
    look,
)
from site_agent.acquire.receive import receive
from site_agent.acquire.sorting import Arrival, Inbox, sort
from site_agent.acquire.walking import files_below
from site_agent.study import ReasonCode
from tests.site_agent.inbox import (
    ACCESSION,
    NAME,
    STUDY,
    film,
    put,
    record,
    report,
    without_preamble,
    write_inbox,
)


def read(folder: Path) -> Inbox:
    return sort([look(path) for path in files_below(folder)])


def only(folder: Path) -> Arrival:
    (arrival,) = read(folder).arrivals
    return arrival


def codes(arrival: Arrival) -> list[ReasonCode]:
    return [reason.code for reason in arrival.reasons]


def test_usual_export_gives_studies_with_their_reports(tmp_path: Path) -> None:
    write_inbox(tmp_path, 3)
    inbox = read(tmp_path)
    assert len(inbox.arrivals) == 3
    assert all(arrival.report and not arrival.reasons for arrival in inbox.arrivals)
    assert inbox.ignored == {Ignored.OTHER: 2, Ignored.EMPTY: 1}


def test_file_is_known_by_its_content_and_not_by_its_name(tmp_path: Path) -> None:
    put(tmp_path / "readme.txt", film(1))
    put(tmp_path / "old/IMG.0001", without_preamble(number=2))
    put(tmp_path / f"images/deep/{ACCESSION}1.txt", report(1))
    inbox = read(tmp_path)
    assert [len(arrival.images) for arrival in inbox.arrivals] == [1, 1]
    assert {bool(arrival.report) for arrival in inbox.arrivals} == {True, False}


def test_header_gives_names_in_their_character_set(tmp_path: Path) -> None:
    for charset in ("ISO_IR 100", "ISO_IR 192"):
        path = put(tmp_path / "film", film(SpecificCharacterSet=charset))
        found = look(path)
        assert isinstance(found, FoundImage)
        assert found.patient_name == NAME
    found = look(put(path, film().replace(b"ISO_IR 100", b"ISO_IR 999")))
    assert isinstance(found, FoundImage)
    assert found.accession == f"{ACCESSION}1"


def test_directory_record_of_a_medium_is_ignored(tmp_path: Path) -> None:
    content = film(SOPClassUID=MediaStorageDirectoryStorage)
    found = look(put(tmp_path / "DICOMDIR", content))
    assert found == FoundNothing(tmp_path / "DICOMDIR", Ignored.DIRECTORY)


def test_file_called_dcm_that_is_none_is_not_passed_over(tmp_path: Path) -> None:
    put(tmp_path / "a.dcm", b"\0" * 5000)
    put(tmp_path / "b.dcm", b"")
    put(tmp_path / "viewer.exe", b"MZ\x90\0" * 500)
    inbox = read(tmp_path)
    assert [codes(arrival) for arrival in inbox.arrivals] == [
        [ReasonCode.UNREADABLE]
    ] * 2
    assert inbox.ignored == {Ignored.OTHER: 1}


def test_special_file_and_broken_link_are_ignored(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to(tmp_path / "gone")
    assert read(tmp_path).ignored == {Ignored.OTHER: 2}


def test_link_to_a_file_outside_the_export_is_not_followed(tmp_path: Path) -> None:
    elsewhere = put(tmp_path / "elsewhere" / "film.dcm", film())
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    (inbox / "film.dcm").symlink_to(elsewhere)
    (inbox / "folder").symlink_to(elsewhere.parent)
    found = read(inbox)
    assert (found.arrivals, found.ignored) == ((), {Ignored.OTHER: 2})


def test_file_that_cannot_be_opened_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = put(tmp_path / "film.dcm", film())

    def fail(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(Path, "open", fail)
    found = look(path)
    assert isinstance(found, FoundImage)
    assert found.damage == CANNOT_BE_OPENED


def test_exact_copy_is_counted_and_ignored(tmp_path: Path) -> None:
    write_inbox(tmp_path, 1)
    put(tmp_path / "COPY_OF_EXPORT/IM1", film(1))
    inbox = read(tmp_path)
    assert inbox.ignored[Ignored.DUPLICATE] == 1
    (arrival,) = inbox.arrivals
    assert len(arrival.images) == 1
    assert not arrival.reasons


def test_same_instance_with_other_pixels_is_a_conflict(tmp_path: Path) -> None:
    put(tmp_path / "a", film(1))
    put(tmp_path / "b", film(1, PixelData=bytes(64 * 48 * 2)))
    assert codes(only(tmp_path)) == [ReasonCode.CONFLICTING_INSTANCES]


def test_copy_that_differs_where_no_sample_is_taken_is_a_conflict(
    tmp_path: Path,
) -> None:
    pixels = bytearray(2048 * 2048 * 2)
    large = {"Rows": 2048, "Columns": 2048}
    put(tmp_path / "a", film(1, PixelData=bytes(pixels), **large))
    pixels[100_000] = 1
    put(tmp_path / "b", film(1, PixelData=bytes(pixels), **large))
    assert codes(only(tmp_path)) == [ReasonCode.CONFLICTING_INSTANCES]


def test_truncated_film_keeps_its_study_and_its_report(tmp_path: Path) -> None:
    put(tmp_path / "film", film(1)[:2000])
    put(tmp_path / f"{ACCESSION}1.txt", report(1))
    arrival = only(tmp_path)
    assert codes(arrival) == [ReasonCode.UNREADABLE]
    assert arrival.study_instance_uid == f"{STUDY}.1"
    assert arrival.report is not None


def test_film_without_readable_uid_is_an_entry_of_its_own(tmp_path: Path) -> None:
    put(tmp_path / "a", film(1)[:420])
    put(tmp_path / "copy of a", film(1)[:420])
    put(tmp_path / "b", film(2)[:430])
    arrivals = read(tmp_path).arrivals
    assert [arrival.study_instance_uid for arrival in arrivals] == ["", ""]
    assert sorted(len(arrival.copies) for arrival in arrivals) == [0, 1]


@pytest.mark.parametrize(
    "name",
    [
        f"{ACCESSION}1",
        f" {ACCESSION.lower()}1 ",
        f"{ACCESSION}1_final",
        f"Befund {ACCESSION}1",
    ],
)
def test_report_is_matched_by_accession_number_loosely(
    tmp_path: Path, name: str
) -> None:
    put(tmp_path / "film", film(1, AccessionNumber=f"{ACCESSION}1 "))
    put(tmp_path / f"{name}.txt", report(1))
    assert only(tmp_path).report is not None


def test_report_is_matched_by_study_uid_where_accession_differs(tmp_path: Path) -> None:
    put(tmp_path / "film", film(1, AccessionNumber=""))
    put(tmp_path / "a.json", record(1, accession_number="ORDER-9"))
    assert only(tmp_path).report is not None


def test_one_order_with_two_studies_gives_both_the_report(tmp_path: Path) -> None:
    put(tmp_path / "a", film(1, AccessionNumber="A1"))
    put(tmp_path / "b", film(2, AccessionNumber="A1"))
    put(tmp_path / "A1.txt", report(1))
    assert all(arrival.report for arrival in read(tmp_path).arrivals)


def test_study_without_report_has_none(tmp_path: Path) -> None:
    put(tmp_path / "film", film(1))
    assert only(tmp_path).report is None


def test_two_reports_for_one_study_are_ambiguous(tmp_path: Path) -> None:
    put(tmp_path / "film", film(1))
    put(tmp_path / f"{ACCESSION}1.txt", report(1))
    put(tmp_path / "a.json", record(1))
    arrival = only(tmp_path)
    assert codes(arrival) == [ReasonCode.REPORT_AMBIGUOUS]
    assert arrival.report is None
    assert len(arrival.report_paths) == 2


def test_copies_of_one_report_are_one_report(tmp_path: Path) -> None:
    put(tmp_path / "film", film(1))
    put(tmp_path / f"{ACCESSION}1.txt", report(1))
    put(tmp_path / f"copy/{ACCESSION}1.txt", report(1))
    assert codes(only(tmp_path)) == []


def test_report_without_study_is_told(tmp_path: Path) -> None:
    put(tmp_path / f"{ACCESSION}9.txt", report(9))
    put(tmp_path / "a.json", record(8))
    arrivals = read(tmp_path).arrivals
    assert [codes(arrival) for arrival in arrivals] == [[ReasonCode.STUDY_MISSING]] * 2
    assert arrivals[1].study_instance_uid == f"{STUDY}.8"


def test_table_of_reports_is_one_file(tmp_path: Path) -> None:
    path = put(tmp_path / "r.csv", "accession;report\nA1;x\nA2;y\n")
    found = look(path)
    assert isinstance(found, FoundReports)
    assert len(found.reports) == 2


def test_study_is_received_with_headers_and_report(tmp_path: Path) -> None:
    put(tmp_path / "film", without_preamble(number=1))
    put(tmp_path / f"{ACCESSION}1.txt", report(1))
    received = receive(only(tmp_path))
    assert received.images[0].dataset.PatientName == NAME
    assert "PixelData" not in received.images[0].dataset
    assert received.report is not None
