"""What a header says of its own patient is in nothing that stays of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from site_agent.deidentify.dictionary import attributes
from site_agent.deidentify.header.options import Option, Options
from site_agent.deidentify.header.own_identifiers import Collected, OwnIdentifiers
from tests.site_agent.deidentify.both_ways import as_bytes, by_both, by_engine
from tests.site_agent.deidentify.chest_film import chest_film

PATIENT_NAME, PATIENT_ID, BIRTH_DATE = 0x00100010, 0x00100020, 0x00100030
NAME, NUMBER, BIRTH = "Zyxwvut^Quéntin", "MRN7654321", "19610412"


def own(name=NAME, number=NUMBER, birth=BIRTH) -> OwnIdentifiers:
    collected = Collected()
    collected.add(PATIENT_NAME, [name])
    collected.add(PATIENT_ID, [number])
    collected.add(BIRTH_DATE, [birth])
    return collected.identifiers()


@pytest.mark.parametrize(
    "text",
    [
        *("ZYXWVUT", "SIEMENS Quentin", "Zyx-wvut", "Z Y X W V U T", "ZYXWVUT_1"),
        *("7654321", "765 43 21", "0007654321", "a 12.04.61", "61 04 12", "041261"),
    ],
)
def test_names_numbers_and_the_birth_date_are_found_however_written(text):
    assert own().stand_in(text, "LO")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Chest^Primary", "PRIMARY CHEST"),  # words of the standard's code meanings
        ("Mens^Anon", "SIEMENS CANON"),  # four letters are found in other words
        ("Li^Bo", "LI BO"),
    ],
)
def test_words_that_are_no_name_there_stay(name, text):
    assert not own(name=name).stand_in(text, "LO")


def test_a_short_name_is_found_as_a_word():
    assert own(name="Muñoz^Aino").stand_in("VAR AINO", "LO")
    assert own(name="Müller^A").stand_in("MUELLER", "LO")
    assert own(name="O'Neill^A").stand_in("ONEILL", "LO")


def test_decimals_are_no_short_number_by_chance():
    some = own(number="12345")
    assert not some.stand_in("0.1234567", "DS")
    assert some.stand_in("12345.0", "DS")
    assert own().stand_in("120419617654321", "DS")
    assert own().stand_among([12041961.0])
    assert not own().stand_among([1204.5, float("nan"), float("inf")])


def test_a_number_of_letters_and_digits_is_found_whole():
    assert own(number="A1B2-C3").stand_in("a1b2c3", "SH")
    assert not own(number="A1B2-C3").stand_in("A1B2", "SH")


def test_dummy_dates_and_numbers_are_not_looked_for():
    assert own(number="00000", birth="19000101").numbers == frozenset()


@given(
    text=st.text("ZYXWVUTQuentin 7654321.-/_0", max_size=30),
    around=st.binary(max_size=20),
)
def test_the_quick_search_never_misses(text, around):
    some = own()
    if some.stand_in(text, "LO") or some.stand_in(text, "DS"):
        assert some.may_stand_in(around + b"\n" + text.encode() + b"\n" + around)


def _filled() -> Dataset:
    planted = {
        **dict.fromkeys(("LO", "ST", "LT", "UT", "UC"), "Zyxwvut 765-43-21"),
        **{
            "SH": "Zyxwvut",
            "CS": "ZYXWVUT",
            "AE": "ZYXWVUT",
            "PN": NAME,
            "DS": "7654321",
        },
        **{"IS": "7654321", "UL": 7654321, "FD": 12041961.0},
    }
    film = Dataset()
    for tag, attribute in attributes().items():
        vr = attribute.vr.split(" or ")[0]
        if vr in planted and tag >> 16 not in (0, 2, 4, 0x28) and tag != 0x00080005:
            film.add(DataElement(tag, vr, planted[vr]))
    return film


CHOSEN = [
    Options(),
    Options(others=frozenset(Option) - {Option.UIDS, Option.MODIFIED_DATES}),
]


@pytest.mark.parametrize("options", CHOSEN, ids=["basic", "options"])
def test_every_attribute_loses_the_name_and_the_number_at_every_depth(options):
    film = chest_film()
    film.update(_filled())
    film.PatientName, film.PatientID, film.PatientBirthDate = NAME, NUMBER, BIRTH
    film.SpecificCharacterSet = "ISO_IR 192"
    film.AnatomicRegionSequence = Sequence([_filled()])
    film.SOPClassUID = chest_film().SOPClassUID
    content = as_bytes(film)
    result = by_both(content, options)
    for secret in (b"zyxwvut", b"quentin", b"7654321", b"765-43-21"):
        assert secret not in result.lower()


def test_a_name_that_stands_deep_is_looked_for_at_the_top():
    film = chest_film()
    item = Dataset()
    item.PatientName = NAME
    film.ReferencedPatientSequence = Sequence([item])
    film.CollimatorGridName = "Zyxwvut"
    content = as_bytes(film)
    result = by_both(content, Options())
    assert b"Zyxwvut" not in result


def test_of_code_strings_the_others_stay():
    film = chest_film()
    film.PatientName = NAME
    film.ImageType = ["ORIGINAL", "PRIMARY", "ZYXWVUT"]
    result = by_engine(as_bytes(film), Options())
    assert b"ORIGINAL\\PRIMARY\\" in result
    assert b"ZYXWVUT" not in result


def test_the_last_check_finds_a_name_wherever_it_stands():
    assert own().are_left_in(b"\1\2CS\10\0ZYXWVUT \3")
    assert not own().are_left_in(b"\1\2CS\10\0ZYXWV \3")
    assert not own(name="REMOVED^Chest").are_left_in(b"REMOVED CHEST PRIMARY")


def test_what_is_written_here_is_no_name_that_is_left():
    options = Options(others=frozenset(Option))
    meanings = [meaning for _, meaning in options.method_codes]
    some = own(name="^".join(meanings))
    assert not some.are_left_in(" ".join(meanings).encode())


def test_a_film_that_was_anonymised_before_is_cleaned_again():
    film = chest_film()
    film.PatientName = "REMOVED^REMOVED"
    content = as_bytes(film)
    by_both(content, Options())
