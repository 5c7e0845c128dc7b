"""Texts that nobody would write: what the rules know, in any order, in any company.

Phrases of ``vocabulary.toml``, names, figures and what may stand between them, so that
each construct is met at the beginning and at the end of a text, cut off and repeated.
"""

from __future__ import annotations

import random
import tomllib
from collections.abc import Iterator
from importlib.resources import files
from itertools import pairwise

from site_agent.deidentify.text.known import identifiers_of_fields
from site_agent.deidentify.text.scrub import scrub

PATIENT = {"patient_name": "Quandtmeier^Ottoline", "patient_id": "PX-4471902"}
LANGUAGES = ("en", "de", "fr", "es", "it", "nl", "pl", "pt", "sv", "da", "cs", "ru")

_NAMES = [
    *("Quandtmeier", "QUANDTMEIER", "Ottoline", "Rust", "RUST", "Anna", "MAY", "Page"),
    *("Ward", "Smith-Jones", "O'Brien", "M\u00fcller", "M?ller", "de", "van", "la"),
    *("die", "d'", "H", "K.", "S.", "r", "AB", "GAS", "MRS", "II", "X", "\u00df"),
    *("\u0130lker", "\ufb01", "Swan-Ganz", "Kerley"),
]
_FIGURES = [
    *("PX-4471902", "12", "3.5", "12.03.2019", "5/12", "2019", "16:21", "7/3", "III"),
    *("1/1", "90", "12345", "A123456", "K-1", "TR.281448", "1.2.840.113", "5 mm"),
    *("0171 234567", "34 56 78 91", "99 y/o", "3. M\u00e4rz"),
]
_GAPS = [
    *(" ", " ", " ", " ", ", ", ",", ". ", ".", ": ", "; ", "\n", "\n\n", " - ", "^"),
    *("-", "/", " / ", "|", "\t", "  ", "    ", " (", ") ", '"', "'", "\u2019"),
    *("=", "..", "...", "*", "#", "[", "]", "_", "\u00b0"),
]
_LENGTHS = (5, 5, 60)  # short texts have more ends in them


def odd_letters(seed: int) -> Iterator[tuple[str, str | None]]:
    """Give texts without end, each with its language; the same for the same seed."""
    chance, phrases = random.Random(seed), _phrases()  # noqa: S311  repeatable
    while True:
        parts = [
            chance.choice(chance.choice((phrases, _NAMES, _NAMES, _FIGURES)))
            + chance.choice(_GAPS)
            for _ in range(chance.randrange(1, chance.choice(_LENGTHS)))
        ]
        text = chance.choice(("", "", "", chance.choice(_GAPS))) + "".join(parts)
        text = chance.choice((str, str, str, str.upper, str.lower))(text)
        yield text, chance.choice((*LANGUAGES, None))


def _phrases() -> list[str]:
    written = files("site_agent.deidentify.text").joinpath("vocabulary.toml")
    tables = tomllib.loads(written.read_text("utf-8")).values()
    listed = (entry for table in tables for entry in table.values())
    parted = (e.split("|") if "|" in e else e.split() for e in listed)
    return [phrase for one in parted for p in one if (phrase := " ".join(p.split()))]


def fault_of(text: str, language: str | None) -> str:
    """Scrub a text of which `PATIENT` is known, and tell what is wrong; ``""`` if not.

    What scrubbing raises goes on.
    """
    scrubbed = scrub(text, identifiers_of_fields(PATIENT), language)
    if not all(0 <= span.start < span.end <= len(text) for span in scrubbed.spans):
        return "a span lies outside"
    if any(one.end > two.start for one, two in pairwise(scrubbed.spans)):
        return "spans overlap"
    return "the known name is left" if "quandtmeier" in scrubbed.text.lower() else ""
