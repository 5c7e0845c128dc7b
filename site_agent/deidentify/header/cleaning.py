"""The profile applied to a data set's bytes, item by item (PS3.15 E.1.1).

Element by element this is what `header` does with pydicom's values. Here a value that
stays is not decoded and encoded again: its bytes are looked at and copied.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from typing import NamedTuple

from site_agent.deidentify.dictionary import attributes
from site_agent.deidentify.header.checked import (
    as_element,
    is_number,
    kept_element,
    right_text,
)
from site_agent.deidentify.header.content import (
    CONTENT_SEQUENCES,
    GRAPHIC_OBJECT_SEQUENCE,
    GRAPHIC_TYPE,
    MEASURED_VALUE,
    NOTHING_SPECIAL,
    SHAPES,
    Special,
    special,
)
from site_agent.deidentify.header.denial import never_stands
from site_agent.deidentify.header.encoding import (
    BYTES,
    TEXT,
    UNDEFINED,
    Encoding,
)
from site_agent.deidentify.header.items import item_in, persons_in
from site_agent.deidentify.header.lookup_tables import (
    LUT_DATA,
    LUT_DESCRIPTOR,
    PALETTES,
    is_table,
)
from site_agent.deidentify.header.moving import Shift, moved, time_of
from site_agent.deidentify.header.options import Option, Options
from site_agent.deidentify.header.own_identifiers import OwnIdentifiers
from site_agent.deidentify.header.profile import Action
from site_agent.deidentify.header.retaining import by_option, kept_uid
from site_agent.deidentify.header.safe_private import creator_tag, safe_attribute
from site_agent.deidentify.header.structure import DataSet, Declined, Element
from site_agent.deidentify.header.substitutes import substitute
from site_agent.deidentify.header.texts import (
    charset_of,
    decoded_values,
    first_text,
    raw_value,
    values_of,
)
from site_agent.deidentify.header.treatment import (
    Handling,
    Treatment,
    Treatments,
    treatments,
)
from site_agent.deidentify.header.values import (
    CODE_ATTRIBUTES,
    STANDARD_SCHEMES,
    are_right_bytes,
    misplaced_in,
)
from site_agent.deidentify.pseudonym import Pseudonyms

PRIVATE, UNKNOWN = "private", "unknown"

_PATIENT_ID, _ISSUER_OF_PATIENT_ID = 0x00100020, 0x00100021
_SPECIFIC_CHARACTER_SET = 0x00080005
_CODING_SCHEME_DESIGNATOR = 0x00080102
_PIXEL_REPRESENTATION = 0x00280103
_LUT_DATA, _LUT_DESCRIPTOR = 0x00283006, 0x00283002


class _Place(NamedTuple):
    """Where a data set stands: the file itself (0), or an item of `parent`."""

    parent: int
    charset: str
    special: Special = NOTHING_SPECIAL
    is_content: bool = False


@dataclass(slots=True)
class Cleaning:
    """What one file's cleaning needs to know, and in `actions` what it did.

    `data` holds the values that elements point to; `encoding` is that of the new file,
    which is that of the old one. `iod` is None where the standard has none. Dates move
    by `shift` into the past. Values that repeat one of `own` go; in text of ASCII alone
    they are looked for only where `is_repeated`, since most films repeat none.
    """

    data: bytes
    encoding: Encoding
    pseudonyms: Pseudonyms
    options: Options
    iod: str | None
    shift: Shift
    own: OwnIdentifiers
    is_repeated: bool = False
    actions: dict[tuple[int | str, str], int] = field(default_factory=dict)
    _treatments: Treatments = field(init=False)
    _file: DataSet = field(init=False)
    _names: frozenset[str] | None = None
    _is_signed_open: bool = False
    _has_other_letters: bool = False

    def __post_init__(self) -> None:
        self._treatments = treatments(self.options, self.iod)

    def file(
        self, elements: DataSet, charset: str, own: Special = NOTHING_SPECIAL
    ) -> dict[int, bytes]:
        """Give the new elements of a whole file, by tag; `own` are treatments of it.

        Raises
        ------
        Declined
            When a value can be read in several ways.
        TooLong
            When a value does not fit under its VR.
        """
        self._file = elements
        done = self._data_set(elements, _Place(0, charset, own))
        if self._is_signed_open and _PIXEL_REPRESENTATION not in elements:
            raise Declined("numbers that may be signed or not")
        if self._has_other_letters:
            utf_8 = self.encoding.element(_SPECIFIC_CHARACTER_SET, "CS", b"ISO_IR 192")
            done[_SPECIFIC_CHARACTER_SET] = utf_8
        return done

    def _data_set(self, elements: DataSet, place: _Place) -> dict[int, bytes]:
        done: dict[int, bytes] = {}
        parent, own, table = place.parent, place.special, self._treatments
        is_local_code = parent and self._is_local_code(elements, place.charset)
        misplaced = misplaced_in(parent)
        for tag, element in elements.items():
            treatment = table.get((tag, parent))
            if treatment is None:
                if never_stands(tag) or tag not in attributes():
                    done |= self._outside(elements, element)
                    continue
                treatment = table[tag, parent]
            if own:
                treatment = own.get(tag, treatment)
            if tag in misplaced:
                self._did(tag, Action.REMOVE)
                continue
            handling, action = treatment.handling, treatment.fallback
            if tag == _PATIENT_ID and action is not Action.REMOVE:
                content = self._patient(elements, place.charset)
            elif handling is Handling.GO or (
                is_local_code and tag in CODE_ATTRIBUTES and handling is Handling.CHECK
            ):
                content = None
            else:
                content = self._stays(elements, element, treatment, place)
            if content is None:
                content = self._instead(tag, action)
            if content is not None:
                done[tag] = content
        return done

    def _stays(
        self,
        elements: DataSet,
        element: Element,
        treatment: Treatment,
        place: _Place,
    ) -> bytes | None:
        """Give what stays of an element; None where nothing does."""
        tag, handling = element.tag, treatment.handling
        vr = self._vr(elements, element, treatment.vrs)
        if vr is None:
            return None
        if vr == "SQ":
            return self._sequence(element, treatment, place)
        if element.length == UNDEFINED:
            raise Declined("encapsulated bytes below the top")
        value = raw_value(self.data, element)
        if handling is Handling.MOVE:
            times = self._times(elements, tag) if self.shift.part else []
            dates = moved(vr, values_of(value, vr), times, self.shift)
            return self._text(tag, vr, dates, Action.CLEAN) if dates else None
        if vr == "UI":
            is_kept = handling is Handling.RETAIN
            uids = [uid.strip(" \0") for uid in values_of(value, vr)]
            new = [
                kept_uid(uid, self.pseudonyms, is_kept=is_kept) if uid else ""
                for uid in uids
            ]
            return self._text(tag, vr, new, treatment.action)
        if vr in TEXT:
            if handling is Handling.CHECK:
                return self._kept_text(tag, vr, value)
            names = self._persons() if handling is Handling.WORDS else frozenset()
            values = decoded_values(value, vr, place.charset)
            kept = by_option(handling, tag, vr, values, names, self.pseudonyms)
            if handling is Handling.RETAIN and self.own.stand_in_any(kept or (), vr):
                return None
            return self._text(tag, vr, kept, treatment.action) if kept else None
        if tag in PALETTES and not self._is_table(elements, tag):
            raise Declined("a palette that is none")
        if vr in BYTES or tag == LUT_DATA:
            is_right = are_right_bytes(tag, value)
        else:
            is_right = self._is_number(attributes()[tag].vm, vr, value)
        if not is_right:
            return None
        self._did(tag, Action.KEEP)
        return self.encoding.element(tag, vr, value)

    def _times(self, elements: DataSet, date: int) -> list[str]:
        """Give the times of day that belong to a date."""
        element = elements.get(time_of(date) or 0)
        if element is None or self._vr(elements, element, ("TM",)) is None:
            return []
        return values_of(raw_value(self.data, element), "TM")

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

    def _sequence(
        self, element: Element, treatment: Treatment, place: _Place
    ) -> bytes | None:
        if element.items is None:
            return None
        tag = element.tag
        is_clean = treatment.action is Action.CLEAN
        self._did(tag, Action.CLEAN if is_clean else Action.KEEP)
        is_content = place.is_content or (is_clean and tag in CONTENT_SEQUENCES)
        items = []
        # At most DEEPEST deep: further down `structure` gives no items.
        for elements in element.items:
            if LUT_DATA in elements and not self._is_table(elements, LUT_DATA):
                continue
            charset = charset_of(self.data, elements, place.charset)
            own: Special | None = NOTHING_SPECIAL
            if tag == MEASURED_VALUE:
                own = place.special
            elif is_content:
                own = special(item_in(self.data, elements, charset), self.options)
            elif tag == GRAPHIC_OBJECT_SEQUENCE:
                shape = first_text(self.data, elements, GRAPHIC_TYPE, charset)
                own = NOTHING_SPECIAL if shape in SHAPES else None
            if own is not None:
                done = self._data_set(elements, _Place(tag, charset, own, is_content))
                content = b"".join(done[each] for each in sorted(done))
                items.append(self.encoding.item(content))
        return self.encoding.element(tag, "SQ", b"".join(items))

    def _is_table(self, elements: DataSet, tag: int) -> bool:
        """Whether a lookup table is as its descriptor says (`lookup_tables`)."""
        element = elements[tag]
        descriptor = elements.get(PALETTES.get(tag, LUT_DESCRIPTOR))
        if descriptor is None or descriptor.length != 6 or element.length == UNDEFINED:
            return False
        if self._vr(elements, element, ("US", "OW")) is None:
            return False
        order = self.encoding.order
        said = struct.unpack(order + "HHH", raw_value(self.data, descriptor))
        return is_table(raw_value(self.data, element), said[0], said[2])

    def _persons(self) -> frozenset[str]:
        if self._names is None:
            self._names = persons_in(self.data, self._file)
        return self._names

    def _outside(self, elements: DataSet, element: Element) -> dict[int, bytes]:
        """Give what stays of an attribute that has no rule: a safe private one."""
        if element.tag & 0x10000 and Option.SAFE_PRIVATE in self.options.others:
            return self._private(elements, element)
        self._did(_named(element.tag), Action.REMOVE)
        return {}

    def _private(self, elements: DataSet, element: Element) -> dict[int, bytes]:
        """Give a private attribute and its creator, if it is a safe one."""
        creator = elements.get(creator_tag(element.tag))
        name = b""
        if creator is not None and creator.length != UNDEFINED:
            name = raw_value(self.data, creator).strip(b" \0")
        safe = safe_attribute(element.tag, name.decode("latin-1"))
        content = None
        if safe and creator and element.vr in ("", "UN", safe.vr):
            if safe.vr == "SQ" or element.length == UNDEFINED:
                raise Declined("a private sequence that may stay")
            if element.vr == "UN" and not self.encoding.little:
                raise Declined("an unknown VR in big endian")
            value: bytes | None = raw_value(self.data, element)
            if safe.vr in TEXT:
                value = self._right_text(element.tag, safe.vr, value or b"")
            elif not self._is_number(safe.vm, safe.vr, value or b""):
                value = None
            if value is not None:
                content = self.encoding.element(element.tag, safe.vr, value)
        self._did(PRIVATE, Action.CLEAN if content else Action.REMOVE)
        if creator is None or content is None:
            return {}
        return {
            creator.tag: self.encoding.element(creator.tag, "LO", name),
            element.tag: content,
        }

    def _patient(self, elements: DataSet, charset: str) -> bytes | None:
        patient = first_text(self.data, elements, _PATIENT_ID, charset)
        if not patient:
            return None
        issuer = first_text(self.data, elements, _ISSUER_OF_PATIENT_ID, charset)
        new = self.pseudonyms.patient(patient, issuer)
        return self._text(_PATIENT_ID, "LO", [new], Action.DUMMY)

    def _kept_text(self, tag: int, vr: str, value: bytes) -> bytes | None:
        if not self.is_repeated:
            content, action = kept_element(self.encoding, tag, vr, value)
        else:
            kept = self._right_text(tag, vr, value)
            content, action = as_element(self.encoding, tag, vr, value, kept)
        if content is not None:
            self._did(tag, action)
        return content

    def _right_text(self, tag: int, vr: str, value: bytes) -> bytes | None:
        kept = right_text(tag, vr, value)
        if not kept or not self.is_repeated:
            return kept
        texts = [text.strip(" \0") for text in values_of(kept, vr)]
        mended = self.own.without(texts, vr)
        if mended is texts:
            return kept
        return "\\".join(mended).encode("latin-1") if mended else None

    def _instead(self, tag: int, action: Action) -> bytes | None:
        """Give what takes the place of a value that goes; None where nothing does."""
        if tag in CODE_ATTRIBUTES:
            action = Action.DUMMY  # a code without its value would be no code
        self._did(tag, action)
        if action is Action.REMOVE:
            return None
        made = substitute(tag, action, self.encoding, self.pseudonyms, self.iod)
        for each in made.done:
            self._did(*each)
        return made.content

    def _is_local_code(self, elements: DataSet, charset: str) -> bool:
        if not any(tag in elements for tag in CODE_ATTRIBUTES):
            return False
        scheme = first_text(self.data, elements, _CODING_SCHEME_DESIGNATOR, charset)
        return scheme.upper() not in STANDARD_SCHEMES

    def _is_number(self, multiplicity: str, vr: str, value: bytes) -> bool:
        is_little = self.encoding.little
        return is_number(multiplicity, vr, value, self.own, little=is_little)

    def _text(self, tag: int, vr: str, values: list[str], action: str) -> bytes:
        self._did(tag, action)
        text = "\\".join(values)
        if not text.isascii():
            self._has_other_letters = True
        return self.encoding.element(tag, vr, text.encode("utf-8"))

    def _did(self, tag: int | str, action: str) -> None:
        self.actions[tag, action] = self.actions.get((tag, action), 0) + 1


def _named(tag: int) -> int | str:
    if tag & 0x10000:
        return PRIVATE
    return tag if tag in attributes() else UNKNOWN
