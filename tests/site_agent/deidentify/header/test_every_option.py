"""Every option of the profile, alone and together, on both ways through a header."""

from __future__ import annotations

import importlib
import io
from functools import cache
from pathlib import Path
from types import ModuleType

import pydicom
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom.sequence import Sequence
from pydicom.uid import ExplicitVRBigEndian, ImplicitVRLittleEndian

from site_agent.deidentify.header.engine import Declined
from site_agent.deidentify.header.options import Dates, Option, Options
from site_agent.deidentify.header.reading import UNREADABLE, quiet
from site_agent.errors import UnreadableFile
from tests.shared_folder import DICOM_FILES, STRESS, TABLE_E1_1
from tests.site_agent.deidentify.both_ways import (
    as_bytes,
    by_both,
    by_engine,
    by_pydicom,
    differences,
)
from tests.site_agent.deidentify.chest_film import (
    IDENTIFIERS,
    SERIES_UID,
    SOP_UID,
    STUDY_UID,
    again,
    chest_film,
    code,
)
from tests.site_agent.deidentify.odd_films import CORPUS

ALONE = [
    *(Options(others=frozenset({option})) for option in Option),
    Options(Dates.SHIFT_WITH_TIMES),
]
EVERY = Options(Dates.SHIFT, frozenset(Option))
each_option = pytest.mark.parametrize(
    "options",
    [*ALONE, EVERY],
    ids=lambda options: "+".join((options.dates, *options.methods[1:])),
)


def read(content: bytes) -> pydicom.Dataset:
    with quiet():
        return pydicom.dcmread(io.BytesIO(content))


def cleaned(film: pydicom.Dataset, options: Options) -> bytes:
    """Clean a film both ways, compare, and give the new file."""
    content = as_bytes(again(film))
    result = by_both(content, options)
    return result


# ---------------------------------------------------------------------- both ways agree


@each_option
@pytest.mark.parametrize("syntax", [ImplicitVRLittleEndian, ExplicitVRBigEndian])
def test_both_ways_agree_in_every_attribute(options: Options, syntax: str) -> None:
    for name, make in CORPUS.items():
        content = as_bytes(again(make(), syntax))
        try:
            result = by_engine(content, options)
        except Declined:
            assert options.others, name
            continue
        assert differences(result, by_pydicom(content, options)) == [], name


@pytest.mark.skipif(not DICOM_FILES, reason="the real files are not at hand")
@each_option
def test_both_ways_agree_on_real_files(options: Options) -> None:
    # Each option has a third of the files, all of them together have every one.
    sample = (
        DICOM_FILES
        if options == EVERY
        else DICOM_FILES[len(options.methods[-1]) % 3 :: 3]
    )
    compared = 0
    for path in sample:
        content = path.read_bytes()
        try:
            result = by_engine(content, options)
        except Declined:
            continue
        compared += 1
        assert differences(result, by_pydicom(content, options)) == [], path.name
    assert compared > 0.7 * len(sample)


@cache
def corpus(name: str) -> bytes:
    return as_bytes(again(CORPUS[name]()))


def test_class_that_is_not_the_standards_is_the_same_in_file_and_meta_group() -> None:
    standard = b"1.2.840.10008.5.1.4.1.1.1.1"
    content = corpus("plain").replace(standard, b"0" + standard[1:])
    for options in (Options(), Options(others=frozenset({Option.UIDS}))):
        result = by_both(content, options)
        film = pydicom.dcmread(io.BytesIO(result))
        assert film.file_meta.MediaStorageSOPClassUID == film.SOPClassUID


@settings(max_examples=100)
@given(data=st.data())
def test_damaged_headers_come_out_alike(data: st.DataObject) -> None:
    content = bytearray(corpus(data.draw(st.sampled_from([*CORPUS]))))
    options = Options(others=frozenset(data.draw(st.sets(st.sampled_from(Option)))))
    for _ in range(data.draw(st.integers(1, 4))):
        position = data.draw(st.integers(132, max(133, len(content) - 520)))
        content[position] = data.draw(st.integers(0, 255))
    try:
        result = by_engine(bytes(content), options)
        expected = by_pydicom(bytes(content), options)
    except (Declined, UnreadableFile, *UNREADABLE):
        return
    assert differences(result, expected) == []


# --------------------------------------------------------------- what the judge plants


@pytest.fixture
def judge(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(STRESS.parent))
    return importlib.import_module("e11_stress")


@pytest.mark.skipif(not STRESS.exists(), reason="the judge is not at hand")
@each_option
def test_of_every_row_stays_what_the_option_says(
    options: Options, judge: ModuleType, tmp_path: Path
) -> None:
    rules, source = judge.rules_by_tag(TABLE_E1_1), tmp_path / "stress.dcm"
    if options == EVERY:  # the judge takes a kept UID in a cleaned sequence for a miss
        options = Options(Dates.SHIFT, frozenset(Option) - {Option.UIDS})
    claimed = [str(each).replace("-", "_") for each in options.chosen]
    claimed = [each for each in claimed if each in judge.OPTION_CODES]
    with quiet():
        film = judge.build(rules, seed=3)
        pydicom.dcmwrite(source, film, enforce_file_format=True)
        result = by_both(source.read_bytes(), options)
        copy = tmp_path / "copy.dcm"
        copy.write_bytes(result)
        (before, planted), (after, values) = judge.read(source), judge.read(copy)
    for path in judge.PLACES.values():
        count, names = judge.tally(path, planted, values, rules, claimed)
        assert (count.left, count.x_kept, count.private_left) == (0, 0, 0), names
    assert all(judge.markers(before, after, claimed).values())
    kept = {
        string
        for path, found in planted.items()
        if any(is_kept(judge, rules, tag, claimed) for tag in path)
        for value in found
        for string in (*judge.TOKEN.findall(value), *judge.PLANTED_UID.findall(value))
    }
    assert {*judge.strings_left(source, copy, values)} <= kept


def is_kept(
    judge: ModuleType, rules: dict[int, object], tag: int, claimed: list[str]
) -> bool:
    if judge.vr_of(judge.Rule(tag, "", "", {})) == "UI" and "retain_uids" in claimed:
        return True
    rule = judge.rule_of(tag, rules)
    return rule is not None and rule.action(claimed) == "K"


# -------------------------------------------------------------------------- one by one


def left(result: bytes) -> set[str]:
    return {each for each in IDENTIFIERS if each.encode() in result}


def test_institution_stays_with_its_letters_and_nobody_else() -> None:
    options = Options(others=frozenset({Option.INSTITUTION_IDENTITY}))
    film = chest_film(
        InstitutionName="Universitätsklinikum Köln",
        InstitutionalDepartmentTypeCodeSequence=Sequence(
            [code("RAD3", "99KOELN", "Röntgen Süd")]
        ),
    )
    result = cleaned(film, options)
    assert left(result) == set()
    after = read(result)
    assert after.InstitutionName == "Universitätsklinikum Köln"
    assert after.SpecificCharacterSet == "ISO_IR 192"
    (department,) = after.InstitutionalDepartmentTypeCodeSequence
    assert (department.CodeValue, department.CodeMeaning) == ("RAD3", "Röntgen Süd")


def test_device_stays_and_its_calibration_moves_with_the_patients_dates() -> None:
    options = Options(others=frozenset({Option.DEVICE_IDENTITY}))
    result = cleaned(chest_film(), options)
    assert left(result) == {"SN90916691", "DXR3-K137", "20170815", "101522"}
    after = read(result)
    assert after.DateOfLastDetectorCalibration == "20170815"
    assert (after.StudyDate, after.DetectorID) == ("", "SN90916691")
    moved = read(cleaned(chest_film(), Options(Dates.SHIFT, options.others)))
    assert moved.DateOfLastDetectorCalibration == moved.StudyDate != "20170815"


def test_patients_characteristics_stay_and_ages_over_89_are_banded() -> None:
    options = Options(others=frozenset({Option.PATIENT_CHARACTERISTICS}))
    view = code("272479007", "SCT", "postero-anterior", PatientAge="101Y")
    film = chest_film(
        PatientAge="093Y",
        PatientWeight="71.5",
        SpecialNeeds="tracheostomy, ask Mrs Krebs",
        ViewCodeSequence=Sequence([view]),
    )
    result = cleaned(film, options)
    assert left(result) == set()
    after = read(result)
    assert (after.PatientAge, after.PatientSex) == ("090Y", "M")
    assert after.ViewCodeSequence[0].PatientAge == "090Y"
    assert (after.PatientWeight, after.SpecialNeeds) == (71.5, "tracheostomy")
    assert b"093Y" not in result
    assert "PatientAge" not in read(cleaned(film, Options()))


def test_uids_stay_in_the_film_its_references_and_its_meta_group() -> None:
    options = Options(others=frozenset({Option.UIDS}))
    result = cleaned(chest_film(), options)
    assert left(result) == {"1.2.276.0.7230010"}
    after = read(result)
    assert after.SOPInstanceUID == after.file_meta.MediaStorageSOPInstanceUID == SOP_UID
    assert (after.StudyInstanceUID, after.SeriesInstanceUID) == (STUDY_UID, SERIES_UID)
    assert after.PatientID.startswith("P")


def test_uid_that_is_none_is_replaced_though_uids_stay() -> None:
    options = Options(others=frozenset({Option.UIDS}))
    with quiet():
        film = chest_film(SeriesInstanceUID="../../etc/passwd")
    assert read(cleaned(film, options)).SeriesInstanceUID.startswith("2.25.")


def test_descriptions_keep_their_harmless_words() -> None:
    options = Options(others=frozenset({Option.CLEAN_DESCRIPTORS}))
    film = chest_film(
        StudyDescription="XR CHEST for Francisco Reuter, 59 y",
        SeriesDescription="Röntgen Thorax p.a.",
        PatientName="Thorax^Anna",
        AdditionalPatientHistory="lives at Grafring 29",
    )
    result = cleaned(film, options)
    assert left(result) == set()
    after = read(result)
    assert after.StudyDescription == "XR CHEST"
    assert after.SeriesDescription == "Röntgen p.a"
    assert "at" not in after.get("AdditionalPatientHistory", "")


@pytest.mark.parametrize("age", ["93 years", "093Y", "101 yo"])
def test_age_over_89_in_text_that_stays_otherwise_takes_it_along(age: str) -> None:
    result = cleaned(chest_film(Manufacturer=f"SIEMENS {age}"), EVERY)
    assert age.encode() not in result
