"""The words of the report step as data."""

import pytest

from site_agent.deidentify.text.known import KnownIdentifiers
from site_agent.deidentify.text.scrub import scrub
from site_agent.deidentify.text.vocabulary import (
    common_words,
    either,
    phrases,
    words,
    written_words,
)


@pytest.mark.parametrize("table", ["findings", "impression"])
def test_every_language_of_the_consortium_has_headings(table: str) -> None:
    for language in ("en", "de", "fr", "es", "it", "nl", "sv", "pl", "cs", "pt"):
        assert phrases(table, language)


def test_no_heading_begins_both_sections() -> None:
    assert not phrases("findings") & phrases("impression")
    assert not (phrases("findings") | phrases("impression")) & phrases("other")


def test_words_are_folded_and_may_be_had_as_written() -> None:
    assert "frau" in words("titles", "plain")
    assert "M." in written_words("titles", "exact")


def test_common_words_hold_no_particle_of_a_name() -> None:
    assert {"small", "klein", "petit", "costa"} <= common_words()


def test_longest_alternative_comes_first() -> None:
    assert either(["a", "ab"]) == "ab|a"


@pytest.mark.parametrize(
    ("language", "text", "name"),
    [
        ("en", "Requesting MD: Quarles Ettinger", "Ettinger"),
        ("de", "Verordnender Arzt...: Ettinger\nText", "Ettinger"),
        ("fr", "M\u00e9decin de famille : Ettinger", "Ettinger"),
        ("es", "M\u00e9dico tratante: Ettinger", "Ettinger"),
        ("it", "Medico prescrivente: Ettinger", "Ettinger"),
        ("nl", "Protocollerende arts: Ettinger", "Ettinger"),
        ("pl", "Opis zdalny: Ettinger", "Ettinger"),
        ("sv", "Underl\u00e4kare: Ettinger", "Ettinger"),
        ("pt", "Laudado por: Ettinger", "Ettinger"),
        ("en", "Impression: Clear.\n\nWith best wishes\n\nJoy Winter\n", "Winter"),
        (
            "de",
            "Befund: Frei.\n\nMit bestem Dank f\u00fcr die Zuweisung\nKarl Sommer\n",
            "Sommer",
        ),
        (
            "nl",
            "Conclusie: Normaal.\n\nMet dank voor het vertrouwen,\nWinter E.\n",
            "Winter",
        ),
        ("en", "Lungs clear. Winter moved during exposure.", "Winter"),
        ("en", "Joy Winter was bleeped at 12:40.", "Winter"),
        ("de", "Herr Sommer lehnte die Aufnahme ab.", "Sommer"),
    ],
)
def test_person_goes_at_labels_closings_and_verbs(
    language: str, text: str, name: str
) -> None:
    done = scrub(text, KnownIdentifiers(), language).text
    assert name not in done
    assert done.startswith((text.split()[0], "[NAME]"))


@pytest.mark.parametrize(
    ("language", "label"),
    [
        ("en", "Folder no"),
        ("en", "PPS number"),
        ("de", "Matrikel"),
        ("fr", "NAM"),
        ("es", "Expediente"),
        ("it", "N. archivio"),
        ("nl", "RIZIV-nr"),
        ("pl", "Nr ubezpieczenia"),
        ("pt", "Cart\u00e3o SUS"),
        ("sv", "Personbeteckning"),
    ],
)
def test_number_goes_and_what_it_is_called_stays(language: str, label: str) -> None:
    done = scrub(f"{label}: 5034586\n", KnownIdentifiers(), language).text
    assert "5034586" not in done
    assert label in done
