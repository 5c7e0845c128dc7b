"""What is known to identify the people of one report, and the fields that tell it.

It comes from headers (`identifiers`), from what stands beside a report, from the
report's own letterhead and signature, and from the site's staff list. The text step
removes it in all its spellings, the audit searches for it in everything that would be
kept.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from site_agent.deidentify.dictionary import is_registered
from site_agent.deidentify.text.dates import dates_in
from site_agent.deidentify.text.letter import people_of
from site_agent.deidentify.text.names import PersonName, parse_dicom_name, parse_name
from site_agent.deidentify.text.spelling import fold
from site_agent.deidentify.text.vocabulary import common_words

_NAMED = re.compile(
    "name|patient$|physician|doctor|radiologist|operator|author|person|nurse|referr"
)
_PLACED = re.compile(
    "hospital|clinic|institution|address|street|city|department|ward|location|place"
)
_DATED = re.compile("date|birth|dob$|born")
_NUMBERED = re.compile(r"(?:^|[^a-z])(?:id|ids|mrn|pid)$|patientid|number|accession")
_LIKE_A_NAME = re.compile(r"(?:[^\W\d_a-zß-ÿ][^\W\d_]*[\s,^.'-]{1,3}){1,4}[^\W\d_]+")
_STANDARD_ROOT = "1.2.840.10008."
_DIGIT = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class KnownIdentifiers:
    """The identifiers of one study, as they were found.

    `ids` are numbers of all kinds, phones and stations among them. `texts` are places:
    hospitals, departments, addresses. `common` are folded words of the header that
    stay there (manufacturer, model) and are therefore not telling alone.
    """

    names: frozenset[PersonName] = frozenset()
    ids: frozenset[str] = frozenset()
    dates: frozenset[dt.date] = frozenset()
    uids: frozenset[str] = frozenset()
    texts: frozenset[str] = frozenset()
    common: frozenset[str] = frozenset()


_NOBODY = KnownIdentifiers()


@dataclass(slots=True)
class Collector:
    """Takes in identifiers from wherever they come."""

    names: set[PersonName] = field(default_factory=set)
    ids: set[str] = field(default_factory=set)
    dates: set[dt.date] = field(default_factory=set)
    uids: set[str] = field(default_factory=set)
    texts: set[str] = field(default_factory=set)
    innocent: set[str] = field(default_factory=set)

    def take_field(self, kind: str, value: str) -> None:
        """Take a field beside the text for what its name says, else how it looks."""
        figures = _DIGIT.search(value) is not None
        match kind_of_field(kind):
            case "date":
                self.dates |= dates_in(value)
            case "place":
                self.texts.add(value)
            case "uid":
                self.uids.update(filter(is_instance, value.split()))
            case "number" if figures:
                self.ids.add(value)
            case "name" if not figures:
                self.names.update(parse_dicom_name(value))
            case _:
                dates, people = dates_in(value), tuple(people_of(value))
                self.dates |= dates
                self.names.update(people)
                if figures and not dates and not people:
                    self.ids.add(value)
                elif not people and _LIKE_A_NAME.fullmatch(value.strip()):
                    self.names.update(parse_dicom_name(value))

    def finish(self) -> KnownIdentifiers:
        """Leave out what would be met in every report."""
        common = {word for text in self.innocent for word in re.findall(r"\w+", text)}
        return KnownIdentifiers(
            names=frozenset(self.names),
            ids=frozenset(i for i in self.ids if fold(i) not in self.innocent),
            dates=frozenset(self.dates),
            uids=frozenset(self.uids),
            texts=frozenset(t for t in self.texts if _tells(t, common)),
            common=frozenset(common),
        )


def identifiers_of_fields(
    fields: Mapping[str, str], staff: Sequence[str] = ()
) -> KnownIdentifiers:
    """Collect what stands beside a report: by kind, ``patient_name`` and the like.

    A kind is told by its name, else by how the value looks; several values of a kind
    stand on lines of their own.
    """
    if not fields and not staff:
        return _NOBODY
    found = Collector()
    for kind, value in fields.items():
        for one in value.splitlines():
            found.take_field(kind, one)
    found.names |= names_of_staff(tuple(staff))
    return found.finish()


@lru_cache(maxsize=4)
def names_of_staff(staff: tuple[str, ...]) -> frozenset[PersonName]:
    """Read a site's staff list, a name in any written form in each entry."""
    return frozenset(name for member in staff for name in parse_name(member))


@lru_cache(maxsize=256)
def kind_of_field(kind: str) -> str:
    """Tell from a field's name what it holds; ``""`` when the name does not tell."""
    folded = fold(kind)
    if _PLACED.search(folded):
        return "place"
    if _DATED.search(folded):
        return "date"
    if "uid" in folded:
        return "uid"
    if _NAMED.search(folded):
        return "name"
    return "number" if _NUMBERED.search(folded) else ""


def is_instance(uid: str) -> bool:
    """Whether a UID is nobody's but an instance's: no class, syntax or the like."""
    return not uid.startswith(_STANDARD_ROOT) and not is_registered(uid)


def _tells(text: str, common: set[str]) -> bool:
    """Whether a place says more than words like Radiology."""
    words = re.findall(r"[^\W\d_]{3,}", fold(text))
    return any(word not in common_words() and word not in common for word in words)
