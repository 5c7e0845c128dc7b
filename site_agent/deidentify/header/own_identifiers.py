"""The names and numbers by which a header says itself whom it is about.

A device or a person writes them into other attributes as well: a name into Image Type,
a patient's number into a decimal. A value that stays must not repeat what the same
header says of a person (`OwnIdentifiers`), however it is punctuated.
"""

from __future__ import annotations

import math
import re
import string
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from site_agent.deidentify.dictionary import attributes, code_words
from site_agent.deidentify.header.denial import tags_named
from site_agent.deidentify.text.spelling import fold, spellings

PERSONS = frozenset(tag for tag, each in attributes().items() if each.vr == "PN")
"""Attributes that name a person."""

NUMBERS = tags_named(
    """
    PatientID OtherPatientIDs AccessionNumber AdmissionID PatientTelephoneNumbers
    PlacerOrderNumberImagingServiceRequest FillerOrderNumberImagingServiceRequest
    """
)
"""Attributes by whose number the patient can be found."""

BIRTH_DATE = 0x00100030

SOURCES = PERSONS | NUMBERS | {BIRTH_DATE}

_SHORTEST_WORD = 4
_LONG_WORD = 6  # letters that are no chance, also inside of other words
_SHORTEST_NUMBER = 5
_LONG_NUMBER = 7  # digits that are no chance, also within others
_SHORTEST_CODE = 6
# What is written here anew: the dummy, and the meanings of the codes of CID 7050.
_WRITTEN = frozenset(
    {
        *("removed", "structured", "application", "private", "identity", "option"),
        *("graphics", "confidentiality", "retain", "descriptors"),
    }
)
_DUMMY_DATES = frozenset(("18000101", "19000101", "19010101"))

_LETTERS = re.compile(r"[^\W\d_]+")
_DIGITS = re.compile(r"[0-9]+")
_COMPONENT = re.compile(r"[\^=]")
_OTHER_THAN_LETTERS = bytes(set(range(256)) - set(string.ascii_letters.encode()))
_OTHER_THAN_DIGITS = bytes(set(range(256)) - set(string.digits.encode()))
_OTHER_THAN_EITHER = bytes(set(_OTHER_THAN_LETTERS) & set(_OTHER_THAN_DIGITS))
_SMALL = bytes(range(256)).lower()


class OwnIdentifiers(NamedTuple):
    """What a header says of persons, in the forms in which it is looked for.

    Attributes
    ----------
    words : frozenset of str
        Words of names, folded, of four letters and more.
    numbers : frozenset of str
        Digits of numbers, five and more without leading zeros; and the birth date in
        every usual order, with two and four digits of the year.
    codes : frozenset of str
        Numbers that have letters too: both, in small letters, six and more.
    """

    words: frozenset[str]
    numbers: frozenset[str]
    codes: frozenset[str]

    def may_stand_in(self, content: bytes) -> bool:
        """Whether text in a header's bytes may repeat one; quick, and never misses."""
        letters = content.translate(_SMALL, _OTHER_THAN_LETTERS)
        if any(word.encode() in letters for word in self.words):
            return True
        digits = content.translate(None, _OTHER_THAN_DIGITS)
        if any(number.encode() in digits for number in self.numbers):
            return True
        if not self.codes:
            return False
        either = content.translate(_SMALL, _OTHER_THAN_EITHER)
        return any(code.encode() in either for code in self.codes)

    def are_left_in(self, content: bytes) -> bool:
        """Whether a long name still stands in a header's new bytes: the last check.

        It shares nothing with what decides value by value. Words of the standard, and
        those that are written here, are no names.
        """
        small = content.translate(_SMALL)
        left = {word for word in self.words if word.encode() in small}
        left = {word for word in left if len(word) >= _LONG_WORD}
        return bool(left - code_words() - _WRITTEN)

    def stand_in(self, text: str, vr: str) -> bool:
        """Whether one value of a text VR repeats a name or a number.

        A word of the standard's code meanings is no name: somebody is called ``Chest``.
        A long word counts inside of others too, a short one by itself.
        """
        if vr in ("DS", "IS"):
            return self._stand_in_number(text)
        digits = "".join(_DIGITS.findall(text))
        if any(number in digits for number in self.numbers):
            return True
        written = _LETTERS.findall(fold(unicodedata.normalize("NFC", text)))
        if not written:
            return False
        bare = "".join(written)
        found = {word for word in self.words if word in bare}
        found = {word for word in found if len(word) >= _LONG_WORD or word in written}
        if found - code_words():
            return True
        return any(
            code in "".join(re.findall("[a-z0-9]", text.lower())) for code in self.codes
        )

    def _stand_in_number(self, text: str) -> bool:
        # Five or six digits are found by chance: they have to be all of them before or
        # after the point.
        digits = "".join(_DIGITS.findall(text))
        runs = {run.lstrip("0") for run in _DIGITS.findall(text)}
        return any(
            number in digits if len(number) >= _LONG_NUMBER else number in runs
            for number in self.numbers
        )

    def stand_in_any(self, texts: Iterable[str], vr: str) -> bool:
        """Whether one of several values does (`stand_in`)."""
        return any(self.stand_in(text, vr) for text in texts)

    def without(self, texts: list[str], vr: str) -> list[str] | None:
        """Give the values that may stay, None if none: of code strings, the others.

        The same list where nothing of it goes.
        """
        repeats = [self.stand_in(text, vr) for text in texts]
        if not any(repeats):
            return texts
        if vr != "CS" or repeats[0]:
            return None
        pairs = zip(texts, repeats, strict=True)
        return ["" if repeated else text for text, repeated in pairs]

    def stand_among(self, numbers: Iterable[float]) -> bool:
        """Whether a whole binary number is one of these numbers."""
        return any(
            str(abs(int(number))) in self.numbers
            for number in numbers
            if _is_whole(number)
        )


@dataclass(slots=True)
class Collected:
    """What was read of `SOURCES`, to become `OwnIdentifiers`."""

    names: list[str] = field(default_factory=list)
    numbers: list[str] = field(default_factory=list)
    dates: list[str] = field(default_factory=list)

    def add(self, tag: int, values: Iterable[str]) -> None:
        """Take in the values of one attribute of `SOURCES`."""
        if tag in PERSONS:
            self.names += values
        elif tag == BIRTH_DATE:
            self.dates += values
        else:
            self.numbers += values

    def identifiers(self) -> OwnIdentifiers:
        """Give the forms in which they are looked for."""
        digits = {"".join(_DIGITS.findall(each)) for each in self.numbers}
        codes = {"".join(re.findall("[a-z0-9]", each.lower())) for each in self.numbers}
        return OwnIdentifiers(
            words=frozenset(_words_of(self.names)),
            numbers=frozenset(
                number
                for each in digits | _forms_of(self.dates)
                for number in (each.lstrip("0"),)
                if len(number) >= _SHORTEST_NUMBER and len(set(number)) > 1
            ),
            codes=frozenset(
                code
                for code in codes
                if len(code) >= _SHORTEST_CODE
                and not code.isdigit()
                and not code.isalpha()
            ),
        )


def _words_of(names: Iterable[str]) -> set[str]:
    """Give the words of names, and each component as one: ``O'Neill`` is written so."""
    found: set[str] = set()
    for name in names:
        for component in _COMPONENT.split(unicodedata.normalize("NFC", name)):
            words = _LETTERS.findall(component)
            for word in {*words, "".join(words)}:
                if len(word) >= _SHORTEST_WORD:
                    found |= {fold(word)} if word.isascii() else spellings(word)
    return {word for word in found if _LETTERS.fullmatch(word)}


def _forms_of(dates: Iterable[str]) -> set[str]:
    forms: set[str] = set()
    for date in dates:
        digits = "".join(_DIGITS.findall(date))
        if len(digits) != 8 or digits in _DUMMY_DATES:
            continue
        year, month, day = digits[:4], digits[4:6], digits[6:]
        for each in (year, year[2:]):
            forms |= {each + month + day, day + month + each, month + day + each}
    return forms


def _is_whole(number: float) -> bool:
    return math.isfinite(number) and number == int(number)
