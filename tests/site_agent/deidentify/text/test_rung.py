"""A number that a sentence says somebody is rung at is a phone, however short."""

import pytest

from site_agent.deidentify.text.known import KnownIdentifiers
from site_agent.deidentify.text.scrub import scrub

NOBODY = KnownIdentifiers()


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "please ring me directly on {}."),
        ("en", "Enquiries a.purcell@imaging.example or {}."),
        ("en", "When I rang {} the call was answered."),
        ("de", "Unter {} meldete sich die Schwester."),
        ("de", "erreichen Sie mich unter {}."),
        ("es", "Avisar a la Sra. Luna en el {}."),
        ("fr", "peut être jointe au {}."),
        ("it", "Al {} ha risposto il marito."),
        ("nl", "Zij is bereikbaar op {}."),
        ("pl", "proszę dzwonić: {}."),
        ("pt", "a sobrinha liga do {}; aconselhada."),
        ("sv", "Ring mig på {} om hon blir sämre."),
    ],
)
@pytest.mark.parametrize("number", ["3487", "91655"])
def test_extension_goes(language: str, text: str, number: str) -> None:
    scrubbed = scrub(text.format(number), NOBODY, language).text
    assert number not in scrubbed
    assert "[PHONE]" in scrubbed


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "He called in 2004."),
        ("en", "Put on 3500 ml when called."),
        ("en", "They rang. Weight on 3487 g."),
        ("de", "Anruf erfolgt. Volumen von 2500 ml."),
        ("pl", "zadzwonił w 2019 roku"),
    ],
)
def test_year_and_measure_stay(language: str, text: str) -> None:
    assert "[PHONE]" not in scrub(text, NOBODY, language).text
