"""How far back a cue behind a list is said of it."""

import pytest

from tests.site_agent.label.said import said


@pytest.mark.parametrize(
    ("language", "text", "assertions"),
    [
        ("de", "Infiltrate, Rundherde nicht nachweisbar.", "00"),
        ("de", "Kleiner Erguss, Infiltrate nicht nachweisbar.", "10"),
        ("de", "Erguss, Infiltrat nicht auszuschließen.", "1?"),
        ("de", "Erguss oder Infiltrat nicht auszuschließen.", "??"),
        ("fr", "Pneumopathie sur le cliché externe, actuellement disparue.", "0"),
        ("fr", "La pneumopathie suspectée hier a disparu.", "0"),
        ("ru", "Кроме дисковидных ателектазов, изменений нет.", "1"),
        ("es", "El nódulo descrito anteriormente no se identifica.", "0"),
    ],
)
def test_cue_behind_a_list(language: str, text: str, assertions: str) -> None:
    assert said(text, language) == assertions
