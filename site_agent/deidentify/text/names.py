"""Names of persons, as DICOM and as people write them.

`parse_dicom_name` reads the value representation PN (PS3.5 6.2.1), `parse_name` what a
letter, a staff list or a spreadsheet says: ``Dr. Anna van der Berg``, ``BERG, Anna``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from site_agent.deidentify.text.spelling import fold
from site_agent.deidentify.text.vocabulary import words

_WORD = re.compile(r"[^\W\d_?\ufffd](?:[\w?\ufffd'\u2019.-]*[\w?\ufffd])?|[?\ufffd]\w+")
_SUFFIX = re.compile(
    r",\s*(?:M\.?D\.?|Ph\.?D\.?|FRCR|MBBS|D\.?O\.?|R\.?N\.?|jr\.?|sr\.?|facharzt\b.*)"
    r"(?=\s|,|$)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, order=True)
class PersonName:
    """A name in its parts: the family name whole (``van der Berg``), given names apart.

    Either may be empty, not both.
    """

    family: str
    given: tuple[str, ...]

    @property
    def families(self) -> frozenset[str]:
        """The whole family name and those of its words that tell something alone."""
        if self.family.isalpha():
            return frozenset((self.family,))
        parts = re.split(r"[\s-]+", self.family)
        telling = {w for w in parts if len(w) >= 3 and not _is_particle(w)}
        return frozenset({self.family} | telling) - {""}

    @property
    def givens(self) -> frozenset[str]:
        """Every given name, double names also by their halves; no initials."""
        halves = {half for name in self.given for half in name.split("-")}
        return frozenset(w for w in {*self.given, *halves} if len(w.strip(".")) >= 2)

    @property
    def initials(self) -> frozenset[str]:
        """First letters of the given names."""
        return frozenset(name[0] for name in self.given if name)


def parse_dicom_name(value: str) -> Iterator[PersonName]:
    """Read the alphabetic, ideographic and phonetic groups of one PN value.

    A group without carets was typed as people write: it is read by `parse_name`.
    """
    for group in value.split("="):
        if "^" not in group:
            yield from parse_name(group)
            continue
        family, given, middle, *_ = [*group.split("^"), "", ""]
        yield from _person(_WORD.findall(family), _WORD.findall(f"{given} {middle}"))


def parse_name(text: str) -> Iterator[PersonName]:
    """Read a name as written; gives nothing for an empty or a made-up one.

    With a comma the family name comes first; a word in capitals among others is the
    family name; else the last word is, with the particles before it. Of more than two
    words without such a hint the middle ones may be either (two surnames in Spanish,
    two given names in German), so both readings are given.
    """
    text = _SUFFIX.sub("", text.replace("^", " "))
    family, comma, given = text.partition(",")
    if comma:
        yield from _person(_untitled(family), _untitled(given.partition(",")[0]))
        return
    written = _untitled(text)
    capitals = [w for w in written if w.isupper() and len(w) > 2]
    if capitals and len(capitals) < len(written):
        yield from _person(capitals, [w for w in written if w not in capitals])
        return
    real = [i for i, word in enumerate(written) if not _is_particle(word)]
    if not real:
        return
    for start in {real[-1], real[1] if len(real) > 2 else real[-1]}:
        while start > 0 and _is_particle(written[start - 1]):
            start -= 1
        yield from _person(written[start:], written[:start])


def _untitled(text: str) -> list[str]:
    """Split a name into words, titles left out."""
    found = (word.strip(".'-") for word in _WORD.findall(text))
    titles = _titles()
    return [word for word in found if word and fold(word) not in titles]


@cache
def _titles() -> frozenset[str]:
    return words("names", "titles") | words("titles", "between")


def _is_particle(word: str) -> bool:
    return fold(word) in words("names", "particles")


def _person(family: list[str], given: list[str]) -> Iterator[PersonName]:
    """Make a name of its words, unless they name nobody (``UNKNOWN``)."""
    given = [word for word in given if not _is_particle(word)]
    told = {fold(word) for word in [*family, *given]} - words("names", "particles")
    if told - words("names", "nobody"):
        yield PersonName(" ".join(family), tuple(given))
