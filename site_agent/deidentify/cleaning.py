"""The profile applied to a data set's bytes, item by item (PS3.15 E.1.1).

Element by element this is what `header` does with pydicom's values. Here a value that
stays is not decoded and encoded again: its bytes are looked at and copied.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import NamedTuple

from site_agent.deidentify.denial import never_stands
from site_agent.deidentify.dictionary import attributes
from site_agent.deidentify.encoding import (
    BYTES,
    NUMBER_BYTES,
    TEXT,
    UNDEFINED,
    Encoding,
)
from site_agent.deidentify.options import Dates
from site_agent.deidentify.profile import Action, load_profile
from site_agent.deidentify.pseudonym import Pseudonyms
from site_agent.deidentify.structure import DataSet, Declined, Element
from site_agent.deidentify.texts import charset_of, first_text, raw_value, values_of
from site_agent.deidentify.values import (
    CODE_ATTRIBUTES,
    STANDARD_SCHEMES,
    dummy,
    holds_text,
    is_right_count,
    looks_right,
    shifted,
)

CLEANED = "C"
"""Beside the actions of the profile: a date was moved, a part of a value emptied."""

PRIVATE, UNKNOWN = "private", "unknown"

_PATIENT_ID, _ISSUER_OF_PATIENT_ID = 0x00100020, 0x00100021
_CODING_SCHEME_DESIGNATOR = 0x00080102
_PIXEL_REPRESENTATION = 0x00280103
_LUT_DATA, _LUT_DESCRIPTOR = 0x00283006, 0x00283002


class _Treatment(NamedTuple):
    """What the profile says of an attribute at its place, looked up once."""

    vrs: tuple[str, ...]
    action: Action
    fallback: Action
    moves: bool


@cache
def _treatment(tag: int, parent: int, iod: str | None, dates: Dates) -> _Treatment:
    profile, vr = load_profile(), attributes()[tag].vr
    rule = profile.rules.get(tag)
    is_date = vr in ("DA", "DT") and rule is not None and rule.cleans_date
    return _Treatment(
        vrs=tuple(vr.split(" or ")),
        action=profile.action(tag, vr, iod=iod, parent=parent),
        fallback=profile.fallback(tag, iod=iod, parent=parent),
        moves=is_date and dates is Dates.SHIFT,
    )


@dataclass(slots=True)
class Cleaning:
    """What one file's cleaning needs to know, and in `actions` what it did.

    `data` holds the values that elements point to; `encoding` is that of the new file,
    which is that of the old one. `iod` is None where the standard has none. Dates move
    by `shift_days` into the past.
    """

    data: bytes
    encoding: Encoding
    pseudonyms: Pseudonyms
    dates: Dates
    iod: str | None
    shift_days: int
    actions: dict[tuple[int | str, str], int] = field(default_factory=dict)
    _is_signed_open: bool = False

    def file(self, elements: DataSet, charset: str) -> dict[int, bytes]:
        """Give the new elements of a whole file, by tag.

        Raises
        ------
        Declined
            When a value can be read in several ways.
        TooLong
            When a value does not fit under its VR.
        """
        done = self._data_set(elements, parent=0, depth=0, charset=charset)
        if self._is_signed_open and _PIXEL_REPRESENTATION not in elements:
            raise Declined("numbers that may be signed or not")
        return done

    def _data_set(
        self, elements: DataSet, *, parent: int, depth: int, charset: str
    ) -> dict[int, bytes]:
        done: dict[int, bytes] = {}
        known = attributes()
        is_local_code = depth > 0 and self._is_local_code(elements, charset)
        for tag, element in elements.items():
            if never_stands(tag) or tag not in known:
                self._did(PRIVATE if tag & 0x10000 else _named(tag), Action.REMOVE)
                continue
            if depth == 0 and tag in CODE_ATTRIBUTES:
                self._did(tag, Action.REMOVE)
                continue  # a code stands in a sequence; this is a place for anything
            treatment = _treatment(tag, parent, self.iod, self.dates)
            action = treatment.action
            if is_local_code and tag in CODE_ATTRIBUTES:
                action = Action.DUMMY
            if tag == _PATIENT_ID and action is not Action.REMOVE:
                content = self._patient(elements, charset)
            else:
                content = self._stays(elements, element, treatment, action, charset)
            if content is None:
                if action in (Action.KEEP, Action.REPLACE_UID):
                    action = treatment.fallback
                content = self._instead(tag, action, parent=parent)
            if content is not None:
                done[tag] = content
        return done

    def _stays(
        self,
        elements: DataSet,
        element: Element,
        treatment: _Treatment,
        action: Action,
        charset: str,
    ) -> bytes | None:
        """Give what stays of an element; None where nothing does."""
        if not treatment.moves and action not in (Action.KEEP, Action.REPLACE_UID):
            return None
        tag = element.tag
        vr = self._vr(elements, element, treatment.vrs)
        if vr is None:
            return None
        if vr == "SQ":
            return self._sequence(element, charset)
        if element.length == UNDEFINED:
            raise Declined("encapsulated bytes below the top")
        value = raw_value(self.data, element)
        if treatment.moves:
            dates = shifted(vr, values_of(value, vr), self.shift_days)
            return self._text(tag, vr, "\\".join(dates), CLEANED) if dates else None
        if vr == "UI":
            uids = [uid.strip(" \0") for uid in values_of(value, vr)]
            new = "\\".join(self.pseudonyms.uid(uid) if uid else "" for uid in uids)
            return self._text(tag, vr, new, Action.REPLACE_UID)
        if vr in TEXT:
            return self._kept_text(tag, vr, value)
        if vr not in BYTES and not self._is_number(tag, vr, value):
            return None
        self._did(tag, Action.KEEP)
        return self.encoding.element(tag, vr, value)

    def _vr(
        self, elements: DataSet, element: Element, allowed: tuple[str, ...]
    ) -> str | None:
        """Give the VR to read a value with (`elements.read_element`); None if wrong."""
        came, first = element.vr, allowed[0]
        if came == "UN" or (not came and len(allowed) == 1):
            return first
        if not came:
            return self._ambiguous_vr(elements, element, allowed)
        if came in allowed or (came in BYTES and first in BYTES):
            return came
        return first if came in TEXT and first in TEXT else None

    def _ambiguous_vr(
        self, elements: DataSet, element: Element, allowed: tuple[str, ...]
    ) -> str:
        # What implicit VR leaves open does not matter where no VR is written.
        if not self.encoding.explicit and allowed == ("US", "SS"):
            self._is_signed_open = True
            return "US"
        if not self.encoding.explicit and element.tag == _LUT_DATA:
            descriptor = elements.get(_LUT_DESCRIPTOR)
            if descriptor is not None and descriptor.length == 6:
                return "OW"
        raise Declined("a VR that is left open")

    def _sequence(self, element: Element, charset: str) -> bytes | None:
        if element.items is None:
            return None
        self._did(element.tag, Action.KEEP)
        items = []
        # At most DEEPEST deep: further down `structure` gives no items.
        for elements in element.items:
            own = charset_of(self.data, elements, charset)
            done = self._data_set(elements, parent=element.tag, depth=1, charset=own)
            items.append(self.encoding.item(b"".join(done.values())))
        return self.encoding.element(element.tag, "SQ", b"".join(items))

    def _patient(self, elements: DataSet, charset: str) -> bytes | None:
        patient = first_text(self.data, elements, _PATIENT_ID, charset)
        if not patient:
            return None
        issuer = first_text(self.data, elements, _ISSUER_OF_PATIENT_ID, charset)
        new = self.pseudonyms.patient(patient, issuer)
        return self._text(_PATIENT_ID, "LO", new, Action.DUMMY)

    def _kept_text(self, tag: int, vr: str, value: bytes) -> bytes | None:
        kept = _checked(tag, vr, value)
        if kept is None:
            return None
        is_whole = len(kept) == len(value.rstrip(b" \0"))
        self._did(tag, Action.KEEP if is_whole else CLEANED)
        return self.encoding.element(tag, vr, kept)

    def _instead(self, tag: int, action: Action, *, parent: int) -> bytes | None:
        """Give what takes the place of a value that goes; None where nothing does."""
        if tag in CODE_ATTRIBUTES:
            action = Action.DUMMY  # a code without its value would be no code
        self._did(tag, action)
        if action is Action.REMOVE:
            return None
        vr = attributes()[tag].vr.split(" or ")[0]
        if action is Action.EMPTY:
            return self.encoding.element(tag, vr, b"")
        if vr == "SQ":
            item = self.encoding.item(self._dummy_item(tag))
            return self.encoding.element(tag, vr, item)
        return self.encoding.element(tag, vr, self._dummy(vr))

    def _dummy(self, vr: str) -> bytes:
        value = self.pseudonyms.uid("removed") if vr == "UI" else dummy(vr)
        if isinstance(value, str):
            return value.encode("ascii")
        return value if isinstance(value, bytes) else bytes(NUMBER_BYTES[vr])

    def _dummy_item(self, parent: int) -> bytes:
        made = []
        for tag, kind in sorted(load_profile().children(parent, iod=self.iod)):
            is_sequence = attributes()[tag].vr == "SQ"
            # One level deep: the form is valid, and nothing in it says anything.
            action = Action.EMPTY if kind == "2" or is_sequence else Action.DUMMY
            made.append(self._instead(tag, action, parent=parent) or b"")
        return b"".join(made)

    def _is_local_code(self, elements: DataSet, charset: str) -> bool:
        if not any(tag in elements for tag in CODE_ATTRIBUTES):
            return False
        scheme = first_text(self.data, elements, _CODING_SCHEME_DESIGNATOR, charset)
        return scheme.upper() not in STANDARD_SCHEMES

    def _is_number(self, tag: int, vr: str, value: bytes) -> bool:
        """Whether binary numbers are as many as they should be, and hold no text.

        Raises
        ------
        Declined
            When they are cut off, or of a VR without a fixed size.
        """
        size = NUMBER_BYTES.get(vr)
        if size is None or len(value) % size:
            raise Declined("numbers that are cut off")
        if not is_right_count(tag, len(value) // size):
            return False
        if len(value) < 8:
            return True
        return not holds_text(value if self.encoding.little else _swapped(value, vr))

    def _text(self, tag: int, vr: str, value: str, action: str) -> bytes:
        self._did(tag, action)
        return self.encoding.element(tag, vr, value.encode("latin-1"))

    def _did(self, tag: int | str, action: str) -> None:
        self.actions[tag, action] = self.actions.get((tag, action), 0) + 1


def _named(tag: int) -> int | str:
    return tag if tag in attributes() else UNKNOWN


@lru_cache(maxsize=4096)  # films of one device have most of their values in common
def _checked(tag: int, vr: str, value: bytes) -> bytes | None:
    """Keep text whose values look right; of code strings, those that do."""
    texts = values_of(value, vr)
    right = [looks_right(tag, vr, text.strip(" \0")) for text in texts]
    if all(right):
        return value.rstrip(b" \0")
    if vr == "CS" and right[0]:
        pairs = zip(texts, right, strict=True)
        kept = [text.strip(" \0") if ok else "" for text, ok in pairs]
        return "\\".join(kept).encode("latin-1")
    return None


def _swapped(value: bytes, vr: str) -> bytes:
    size = 2 if vr == "AT" else NUMBER_BYTES[vr]
    return b"".join(value[at : at + size][::-1] for at in range(0, len(value), size))
