"""The profile is the standard's table, and its actions are resolved by type."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from site_agent.deidentify.header.compile_profile import HERE, main
from site_agent.deidentify.header.denial import TECHNICAL_TEXT, never_stands
from site_agent.deidentify.header.options import Dates, Options
from site_agent.deidentify.header.profile import Action, load_profile, resolve
from tests.shared_folder import SHARED, TABLE_E1_1

PRIVATE = SHARED / "standards" / "ps315_table_e3.10-1_safe_private_2025b.json"
DX = "digital-x-ray-image"


@pytest.mark.skipif(not TABLE_E1_1.exists(), reason="the table as JSON is not at hand")
def test_checked_in_data_is_what_the_script_compiles(tmp_path: Path) -> None:
    main(TABLE_E1_1, PRIVATE, tmp_path)
    for name in ("profile.json", "attribute_types.json"):
        assert (tmp_path / name).read_text() == (HERE / name).read_text(), name


@pytest.mark.skipif(not TABLE_E1_1.exists(), reason="the table as JSON is not at hand")
def test_every_row_of_the_table_is_in_the_profile() -> None:
    rows = json.loads(TABLE_E1_1.read_text())["rules"]
    rules = load_profile().rules
    for row in rows:
        if set(row["tag"]) <= set("0123456789ABCDEF"):
            assert rules[int(row["tag"], 16)].basic == row["basic"], row
        else:
            example = row["tag"].replace("PRIVATE", "00191001").replace("x", "0")
            assert never_stands(int(example, 16)), row
    assert load_profile().edition == "2026d"


@pytest.mark.parametrize(
    ("basic", "kind", "action"),
    [
        ("X", "1", Action.REMOVE),
        ("D", "3", Action.DUMMY),
        ("Z", "3", Action.EMPTY),
        ("Z", "1", Action.DUMMY),
        ("U", "1", Action.REPLACE_UID),
        ("X/Z", "3", Action.REMOVE),
        ("X/Z", "2", Action.EMPTY),
        ("X/Z", "2C", Action.EMPTY),
        ("X/Z", "1C", Action.DUMMY),
        ("X/D", "3", Action.REMOVE),
        ("X/D", "2", Action.DUMMY),
        ("X/D", "1", Action.DUMMY),
        ("X/Z/D", "3", Action.REMOVE),
        ("X/Z/D", "2", Action.EMPTY),
        ("X/Z/D", "1C", Action.DUMMY),
        ("Z/D", "3", Action.EMPTY),
        ("Z/D", "1", Action.DUMMY),
        ("X/Z/U*", "3", Action.REMOVE),
        ("X/Z/U*", "2", Action.EMPTY),
        ("X/Z/U*", "1", Action.REPLACE_UID),
    ],
)
def test_compound_action_is_resolved_by_the_attributes_type(
    basic: str, kind: str, action: Action
) -> None:
    assert resolve(basic, kind) is action


def test_type_depends_on_the_sequence_that_the_attribute_stands_in() -> None:
    profile = load_profile()
    study_date, other_patients = 0x00080020, 0x00101002
    assert profile.type_of(study_date, iod=DX, parent=0) == "2"
    assert profile.type_of(study_date, iod=DX, parent=0x00540220) == "3"
    assert profile.type_of(0x00100020, iod=DX, parent=0) == "2"
    assert profile.type_of(0x00100020, iod=DX, parent=other_patients) == "1"


def test_without_an_iod_nothing_is_taken_for_optional() -> None:
    kind = load_profile().type_of(0x00080080, iod=None, parent=0)
    assert resolve("X/Z/D", kind) is Action.EMPTY


def test_every_computed_and_digital_radiograph_has_an_iod() -> None:
    iods = load_profile().iods
    assert iods["1.2.840.10008.5.1.4.1.1.1"] == "computed-radiography-image"
    assert iods["1.2.840.10008.5.1.4.1.1.1.1"] == DX
    assert iods["1.2.840.10008.5.1.4.1.1.1.1.1"] == DX


def test_no_row_of_the_table_is_allowed_as_technical_text() -> None:
    assert not TECHNICAL_TEXT & set(load_profile().rules)


def test_methods_are_codes_of_what_was_done() -> None:
    assert Options().methods == ("113100",)
    assert Options(Dates.SHIFT).methods == ("113100", "113107")
