"""Names as DICOM and as people write them."""

import pytest

from site_agent.deidentify.text.names import PersonName, parse_dicom_name, parse_name


@pytest.mark.parametrize(
    ("written", "family", "given"),
    [
        ("Anna Weber", "Weber", ("Anna",)),
        ("Weber, Anna", "Weber", ("Anna",)),
        ("WEBER Anna", "WEBER", ("Anna",)),
        ("Dr. med. Anna Weber", "Weber", ("Anna",)),
        ("Prof. Dr. A. Weber", "Weber", ("A",)),
        ("Anna van der Berg", "van der Berg", ("Anna",)),
        ("Herr von Hagen", "von Hagen", ()),
        ("Weber", "Weber", ()),
        ("Anna Weber, MD", "Weber", ("Anna",)),
        ("O'Brien, Pat", "O'Brien", ("Pat",)),
    ],
)
def test_name_as_people_write_it(
    written: str, family: str, given: tuple[str, ...]
) -> None:
    assert PersonName(family, given) in set(parse_name(written))


def test_three_words_may_be_two_surnames_or_two_given_names() -> None:
    assert set(parse_name("Diego Montenegro Valverde")) == {
        PersonName("Montenegro Valverde", ("Diego",)),
        PersonName("Valverde", ("Diego", "Montenegro")),
    }


def test_all_groups_of_a_dicom_name_are_read() -> None:
    names = set(parse_dicom_name("Yamada^Tarou=山田^太郎=やまだ^たろう"))
    assert names == {
        PersonName("Yamada", ("Tarou",)),
        PersonName("山田", ("太郎",)),
        PersonName("やまだ", ("たろう",)),
    }


def test_dicom_name_that_looks_like_a_title_stays_a_name() -> None:
    assert set(parse_dicom_name("Pan^Li^^Dr.")) == {PersonName("Pan", ("Li",))}


@pytest.mark.parametrize("value", ["", "^^^^", "ANONYMOUS", "UNKNOWN^UNKNOWN", "Dr."])
def test_nobody_has_no_name(value: str) -> None:
    assert set(parse_dicom_name(value)) == set()


def test_telling_words_of_a_family_name() -> None:
    assert PersonName("van der Berg-Meier", ()).families == {
        "van der Berg-Meier",
        "Berg",
        "Meier",
    }
