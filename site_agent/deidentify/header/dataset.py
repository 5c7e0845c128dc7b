"""Make a header obey the profile, at every depth (PS3.15 E.1.1).

The new data set is built from nothing: an attribute gets into it only by a rule that
lets it in. The one that came is left as it is.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from typing import NamedTuple

from pydicom.datadict import dictionary_has_tag, dictionary_VR
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.tag import BaseTag, Tag

from site_agent.deidentify.dictionary import attributes
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
from site_agent.deidentify.header.dataset_items import (
    creator_name,
    is_local_code,
    is_table_in,
    item_of,
    own_identifiers_in,
    persons_in,
)
from site_agent.deidentify.header.denial import PIXELS, never_stands
from site_agent.deidentify.header.elements import (
    numbers_of,
    read_element,
    read_private,
    texts_of,
    values_of,
)
from site_agent.deidentify.header.encoding import BYTES, TEXT
from site_agent.deidentify.header.file_format import clean_meta, to_bytes
from site_agent.deidentify.header.lookup_tables import LUT_DATA, PALETTES
from site_agent.deidentify.header.marking import (
    BURNED_IN_ANNOTATION,
    METHOD,
    Claim,
    claim_of,
)
from site_agent.deidentify.header.moving import Shift, moved, shift_of, time_of
from site_agent.deidentify.header.options import Option, Options
from site_agent.deidentify.header.own_identifiers import OwnIdentifiers
from site_agent.deidentify.header.profile import Action, load_profile
from site_agent.deidentify.header.reading import UNREADABLE, quiet, text_of
from site_agent.deidentify.header.reading import texts_of as texts_in
from site_agent.deidentify.header.retaining import by_option, kept_uid
from site_agent.deidentify.header.safe_private import creator_tag, safe_attribute
from site_agent.deidentify.header.structure import DEEPEST
from site_agent.deidentify.header.treatment import (
    Handling,
    Treatment,
    Treatments,
    treatments,
)
from site_agent.deidentify.header.values import (
    CODE_ATTRIBUTES,
    are_right_bytes,
    dummy,
    has_date,
    holds_text,
    is_multiplicity,
    looks_right,
    misplaced_in,
    numbers_in,
)
from site_agent.deidentify.pseudonym import Pseudonyms
from site_agent.errors import UnreadableFile

__all__ = ["deidentify_header", "to_bytes"]

_PATIENT_ID = 0x00100020
_ONE_EACH = ("StudyInstanceUID", "SOPClassUID")


def deidentify_header(
    dataset: Dataset, pseudonyms: Pseudonyms, options: Options
) -> Dataset:
    """Give a new data set that obeys the profile, file meta included.

    Parameters
    ----------
    dataset : Dataset
        As read; it is not changed. Its pixel data is shared with the result, untouched.
    pseudonyms : Pseudonyms
        Makes PatientID and UIDs; the same identity gets the same value each time.
    options : Options
        Which options of the profile are applied.

    Returns
    -------
    Dataset
        Text in it is ASCII, so that it has no SpecificCharacterSet, unless an option
        keeps other letters; it is then UTF-8. It says itself what was done:
        (0012,0062), (0012,0063), (0012,0064), (0028,0303).

    Raises
    ------
    UnreadableFile
        When it is no SOP instance, its transfer syntax is not known, or its header is
        damaged.
    """
    with quiet():
        try:
            return _deidentify(dataset, pseudonyms, options)
        except UNREADABLE:
            raise UnreadableFile(
                "Its header is damaged. Export it again from the PACS."
            ) from None


def _deidentify(dataset: Dataset, pseudonyms: Pseudonyms, options: Options) -> Dataset:
    if any(len(texts_in(dataset, each)) > 1 for each in _ONE_EACH):
        raise UnreadableFile(
            "It says that it belongs to several studies or classes. Export it again."
        )
    meta = clean_meta(dataset, pseudonyms, options)
    profile = load_profile()
    patient = text_of(dataset, "PatientID")
    issuer = text_of(dataset, "IssuerOfPatientID")
    iod = profile.iods.get(str(meta.MediaStorageSOPClassUID))
    cleaning = _Cleaning(
        pseudonyms=pseudonyms,
        options=options,
        iod=iod,
        treatments=treatments(options, iod),
        shift=shift_of(pseudonyms.patient(patient, issuer), pseudonyms, options),
        persons=persons_in(dataset),
        own=own_identifiers_in(dataset),
    )
    claim = claim_in(dataset, iod, options)
    clean = cleaning.items(dataset, _Place(special=claim.special))
    if cleaning.other_letters:
        clean.SpecificCharacterSet = "ISO_IR 192"
    _mark(clean, profile.edition, options)
    clean.file_meta = meta
    clean.SOPInstanceUID = meta.MediaStorageSOPInstanceUID
    return clean


def _mark(dataset: Dataset, edition: str, options: Options) -> None:
    """Say what was done (PS3.15 E.1.1, E.3.6; PS3.3 C.12.1.1.1, C.7.1.1)."""
    codes = []
    for value, meaning in options.method_codes:
        item = Dataset()
        item.CodeValue = value
        item.CodingSchemeDesignator = "DCM"
        item.CodeMeaning = meaning
        codes.append(item)
    dataset.PatientIdentityRemoved = "YES"
    dataset.DeidentificationMethod = METHOD.format(edition=edition)
    dataset.DeidentificationMethodCodeSequence = Sequence(codes)
    dataset.LongitudinalTemporalInformationModified = options.longitudinal
    if options.are_pixels_clean:
        # A new element: the one that was kept is the old film's as well.
        looked = DataElement(BURNED_IN_ANNOTATION, "CS", "NO")
        dataset[BURNED_IN_ANNOTATION] = looked


class _Place(NamedTuple):
    """Where a data set stands: the file itself (0), or an item of `parent`."""

    parent: int = 0
    depth: int = 0
    special: Special = NOTHING_SPECIAL
    is_content: bool = False


@dataclass(frozen=True, slots=True)
class _Cleaning:
    """What one file's cleaning needs to know.

    `other_letters` gets the attributes that hold letters which ASCII does not have.
    """

    pseudonyms: Pseudonyms
    options: Options
    iod: str | None
    treatments: Treatments
    shift: Shift
    persons: frozenset[str]
    own: OwnIdentifiers
    other_letters: set[int] = field(default_factory=set)

    def items(self, dataset: Dataset, place: _Place) -> Dataset:
        """Clean one data set: the file's, or an item of a sequence."""
        clean = Dataset()
        is_local = place.depth > 0 and is_local_code(dataset)
        for tag in sorted(dataset.keys()):
            if never_stands(tag) or not dictionary_has_tag(tag):
                if tag.is_private and Option.SAFE_PRIVATE in self.options.others:
                    self._keep_private(dataset, tag, place, clean)
                continue
            if tag in misplaced_in(place.parent):
                continue
            treatment = place.special.get(tag) or self.treatments[tag, place.parent]
            value = None
            if not (is_local and _is_of_code(tag, treatment)):
                with suppress(*UNREADABLE):
                    value = self._value(dataset, tag, treatment, place)
            if value is None:
                if tag in PIXELS:
                    raise UnreadableFile("Its pixels cannot be read. Export it again.")
                value = self._instead(tag, treatment.fallback)
            if value is not None:
                clean[tag] = value
        return clean

    def _value(
        self, dataset: Dataset, tag: BaseTag, treatment: Treatment, place: _Place
    ) -> DataElement | None:
        """Give what stays of an attribute's value; None where nothing does."""
        handling = treatment.handling
        if tag == _PATIENT_ID and treatment.fallback is not Action.REMOVE:
            return self._patient(dataset)
        if handling is Handling.GO:
            return None
        element = read_element(dataset, tag, dictionary_VR(tag))
        vr = element.VR
        if vr == "SQ":
            return self._sequence(element, tag, treatment, place)
        if handling is Handling.MOVE:
            times = _times(dataset, tag) if self.shift.part else []
            dates = moved(vr, texts_of(element), times, self.shift)
            return DataElement(tag, vr, dates) if dates else None
        if vr == "UI":
            is_kept = handling is Handling.RETAIN
            uids = [
                kept_uid(uid, self.pseudonyms, is_kept=is_kept) if uid else ""
                for uid in texts_of(element)
            ]
            return DataElement(tag, "UI", uids)
        if tag in PALETTES and not is_table_in(dataset, tag):
            raise UnreadableFile("Its palette of colours is none. Export it again.")
        if handling is Handling.CHECK or vr not in TEXT:
            return self._checked(element, tag, attributes()[tag].vm)
        texts = texts_of(element)
        kept = by_option(handling, tag, vr, texts, self.persons, self.pseudonyms)
        if kept is None:
            return None
        if handling is Handling.RETAIN and self.own.stand_in_any(kept, vr):
            return None
        if not "".join(kept).isascii():
            self.other_letters.add(tag)
        return DataElement(tag, vr, kept[0] if len(kept) == 1 else kept)

    def _sequence(
        self, element: DataElement, tag: int, treatment: Treatment, place: _Place
    ) -> DataElement | None:
        if place.depth >= DEEPEST:
            return None
        is_clean = treatment.action is Action.CLEAN
        is_content = place.is_content or (is_clean and tag in CONTENT_SEQUENCES)
        items = []
        for item in element.value:
            if LUT_DATA in item and not is_table_in(item, LUT_DATA):
                continue
            own: Special | None = NOTHING_SPECIAL
            if tag == MEASURED_VALUE:
                own = place.special
            elif is_content:
                own = special(item_of(item), self.options)
            elif tag == GRAPHIC_OBJECT_SEQUENCE:
                is_shape = text_of(item, GRAPHIC_TYPE) in SHAPES
                own = NOTHING_SPECIAL if is_shape else None
            if own is not None:
                inner = _Place(tag, place.depth + 1, own, is_content)
                items.append(self.items(item, inner))
        return DataElement(tag, "SQ", Sequence(items))

    def _keep_private(
        self, dataset: Dataset, tag: BaseTag, place: _Place, clean: Dataset
    ) -> None:
        """Take over a private attribute and its creator, if it is a safe one."""
        creator = creator_tag(tag)
        name = creator_name(dataset, creator)
        safe = safe_attribute(tag, name)
        if safe is None:
            return
        value = None
        with suppress(*UNREADABLE):
            element = read_private(dataset, tag, safe.vr)
            if safe.vr == "SQ":
                go_on = Treatment(("SQ",), Handling.CHECK, Action.KEEP, Action.REMOVE)
                value = self._sequence(element, tag, go_on, place)
            else:
                value = self._checked(element, tag, safe.vm)
        if value is not None:
            clean[creator] = DataElement(creator, "LO", name)
            clean[tag] = value

    def _checked(
        self, element: DataElement, tag: BaseTag, multiplicity: str
    ) -> DataElement | None:
        """Give a kept element if it looks right and repeats nobody's name or number."""
        kept = _checked(element, tag, multiplicity)
        if kept is None or kept.VR in BYTES or tag == LUT_DATA:
            return kept
        if kept.VR not in TEXT:
            numbers = numbers_in(numbers_of(kept), kept.VR)
            repeats = has_date(numbers) or self.own.stand_among(numbers)
            return None if repeats else kept
        texts = texts_of(kept)
        mended = self.own.without(texts, kept.VR)
        if mended is texts:
            return kept
        return DataElement(tag, kept.VR, mended) if mended else None

    def _patient(self, dataset: Dataset) -> DataElement | None:
        patient = text_of(dataset, "PatientID")
        if not patient:
            return None
        issuer = text_of(dataset, "IssuerOfPatientID")
        return DataElement(_PATIENT_ID, "LO", self.pseudonyms.patient(patient, issuer))

    def _instead(self, tag: BaseTag, action: Action) -> DataElement | None:
        """Give what takes the place of a value that goes; None where nothing does."""
        if tag in CODE_ATTRIBUTES:
            action = Action.DUMMY  # a code without its value would be no code
        if action is Action.REMOVE:
            return None
        first = dictionary_VR(tag).split(" or ")[0]
        if first == "SQ":
            items = [self._dummy_item(tag)] if action is Action.DUMMY else []
            return DataElement(tag, "SQ", Sequence(items))
        if action is Action.EMPTY:
            return DataElement(tag, first, None)
        value = self.pseudonyms.uid("removed") if first == "UI" else dummy(first)
        return DataElement(tag, first, value)

    def _dummy_item(self, parent: BaseTag) -> Dataset:
        item = Dataset()
        for tag, kind in load_profile().children(parent, iod=self.iod):
            vr = dictionary_VR(tag)
            # One level deep: the form is valid, and nothing in it says anything.
            action = Action.EMPTY if kind == "2" or vr == "SQ" else Action.DUMMY
            made = self._instead(Tag(tag), action)
            if made is not None:
                item[tag] = made
        return item


def _checked(
    element: DataElement, tag: BaseTag, multiplicity: str
) -> DataElement | None:
    """Give a kept element if its values look right, of code strings those that do."""
    if element.VR in BYTES or tag == LUT_DATA:
        if not are_right_bytes(tag, element.value or b""):
            return None
        # A new element around the same bytes: writing changes the element.
        same = DataElement(tag, element.VR, element.value, already_converted=True)
        same.is_undefined_length = element.is_undefined_length
        return same
    if element.VR not in TEXT:
        is_right = is_multiplicity(multiplicity, len(values_of(element)))
        return element if is_right and not holds_text(numbers_of(element)) else None
    texts = texts_of(element)
    right = [looks_right(tag, element.VR, text) for text in texts]
    if all(right):
        return element
    if element.VR == "CS" and right[0]:
        kept = [text if ok else "" for text, ok in zip(texts, right, strict=True)]
        return DataElement(tag, "CS", kept)
    return None


def _times(dataset: Dataset, date: BaseTag) -> list[str]:
    """Give the times of day that belong to a date."""
    tag = Tag(time_of(date) or 0)
    if tag not in dataset:
        return []
    try:
        return texts_of(read_element(dataset, tag, "TM"))
    except UNREADABLE:
        return []


def _is_of_code(tag: int, treatment: Treatment) -> bool:
    return tag in CODE_ATTRIBUTES and treatment.handling is Handling.CHECK


def claim_in(dataset: Dataset, iod: str | None, options: Options) -> Claim:
    """Judge what a film says of text in its pixels, where nobody looked."""
    kind = load_profile().type_of(BURNED_IN_ANNOTATION, iod=iod, parent=0)
    return claim_of(text_of(dataset, "BurnedInAnnotation"), kind, options)
