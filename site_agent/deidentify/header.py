"""Make a header obey the profile, at every depth (PS3.15 E.1.1).

The new data set is built from nothing: an attribute gets into it only by a rule that
lets it in. The one that came is left as it is.
"""

from __future__ import annotations

from dataclasses import dataclass

from pydicom.datadict import dictionary_has_tag, dictionary_VR
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.tag import BaseTag, Tag

from site_agent.deidentify.denial import PIXELS, never_stands
from site_agent.deidentify.elements import (
    numbers_of,
    read_element,
    texts_of,
    values_of,
)
from site_agent.deidentify.encoding import BYTES, TEXT
from site_agent.deidentify.file_format import clean_meta, to_bytes
from site_agent.deidentify.marking import METHOD
from site_agent.deidentify.options import Dates, Options
from site_agent.deidentify.profile import Action, Profile, load_profile
from site_agent.deidentify.pseudonym import Pseudonyms
from site_agent.deidentify.reading import UNREADABLE, quiet, text_of
from site_agent.deidentify.structure import DEEPEST
from site_agent.deidentify.values import (
    CODE_ATTRIBUTES,
    STANDARD_SCHEMES,
    dummy,
    holds_text,
    is_right_count,
    looks_right,
    shifted,
)
from site_agent.errors import UnreadableFile

__all__ = ["deidentify_header", "to_bytes"]

_PATIENT_ID = 0x00100020


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
        Whether dates go or are moved.

    Returns
    -------
    Dataset
        All text in it is ASCII, so that it has no SpecificCharacterSet. It says itself
        what was done: (0012,0062), (0012,0063), (0012,0064), (0028,0303).

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
    meta = clean_meta(dataset, pseudonyms)
    profile = load_profile()
    patient = text_of(dataset, "PatientID")
    issuer = text_of(dataset, "IssuerOfPatientID")
    cleaning = _Cleaning(
        profile=profile,
        pseudonyms=pseudonyms,
        options=options,
        iod=profile.iods.get(str(meta.MediaStorageSOPClassUID)),
        shift_days=pseudonyms.date_shift_days(pseudonyms.patient(patient, issuer)),
    )
    clean = cleaning.items(dataset, parent=0, depth=0)
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
        dataset.BurnedInAnnotation = "NO"


@dataclass(frozen=True, slots=True)
class _Cleaning:
    """What one file's cleaning needs to know."""

    profile: Profile
    pseudonyms: Pseudonyms
    options: Options
    iod: str | None
    shift_days: int

    def items(self, dataset: Dataset, *, parent: int, depth: int) -> Dataset:
        """Clean one data set: the file's, or an item of the sequence `parent`."""
        clean = Dataset()
        is_local_code = depth > 0 and _is_local_code(dataset)
        for tag in sorted(dataset.keys()):
            if never_stands(tag) or not dictionary_has_tag(tag):
                continue
            if depth == 0 and tag in CODE_ATTRIBUTES:
                continue  # a code stands in a sequence; this is a place for anything
            vr = dictionary_VR(tag)
            action = self.profile.action(tag, vr, iod=self.iod, parent=parent)
            if is_local_code and tag in CODE_ATTRIBUTES:
                action = Action.DUMMY
            try:
                value = self._value(dataset, tag, vr, action, depth=depth)
            except UNREADABLE:
                value = None
            if value is None:
                if tag in PIXELS:
                    raise UnreadableFile("Its pixels cannot be read. Export it again.")
                value = self._instead(tag, vr, action, parent=parent)
            if value is not None:
                clean[tag] = value
        return clean

    def _value(
        self, dataset: Dataset, tag: BaseTag, vr: str, action: Action, *, depth: int
    ) -> DataElement | None:
        """Give what stays of an attribute's value; None where nothing does."""
        if tag == _PATIENT_ID and action is not Action.REMOVE:
            return self._patient(dataset)
        if self._moves(tag, vr):
            element = read_element(dataset, tag, vr)
            dates = shifted(vr, texts_of(element), self.shift_days)
            return DataElement(tag, vr, dates) if dates else None
        if action not in (Action.KEEP, Action.REPLACE_UID):
            return None
        element = read_element(dataset, tag, vr)
        if element.VR == "SQ":
            return self._sequence(element, tag, depth) if depth < DEEPEST else None
        if element.VR == "UI":
            uids = [
                self.pseudonyms.uid(uid) if uid else "" for uid in texts_of(element)
            ]
            return DataElement(tag, "UI", uids)
        return _checked(element, tag)

    def _sequence(self, element: DataElement, tag: BaseTag, depth: int) -> DataElement:
        items = [
            self.items(item, parent=tag, depth=depth + 1) for item in element.value
        ]
        return DataElement(tag, "SQ", Sequence(items))

    def _patient(self, dataset: Dataset) -> DataElement | None:
        patient = text_of(dataset, "PatientID")
        if not patient:
            return None
        issuer = text_of(dataset, "IssuerOfPatientID")
        return DataElement(_PATIENT_ID, "LO", self.pseudonyms.patient(patient, issuer))

    def _moves(self, tag: int, vr: str) -> bool:
        rule = self.profile.rules.get(tag)
        is_date = vr in ("DA", "DT") and rule is not None and rule.cleans_date
        return is_date and self.options.dates is Dates.SHIFT

    def _instead(
        self, tag: BaseTag, vr: str, action: Action, *, parent: int
    ) -> DataElement | None:
        """Give what takes the place of a value that goes; None where nothing does."""
        if tag in CODE_ATTRIBUTES:
            action = Action.DUMMY  # a code without its value would be no code
        elif action in (Action.KEEP, Action.REPLACE_UID):
            action = self.profile.fallback(tag, iod=self.iod, parent=parent)
        if action is Action.REMOVE:
            return None
        first = vr.split(" or ")[0]
        if first == "SQ":
            items = [self._dummy_item(tag)] if action is Action.DUMMY else []
            return DataElement(tag, "SQ", Sequence(items))
        if action is Action.EMPTY:
            return DataElement(tag, first, None)
        value = self.pseudonyms.uid("removed") if first == "UI" else dummy(first)
        return DataElement(tag, first, value)

    def _dummy_item(self, parent: BaseTag) -> Dataset:
        item = Dataset()
        for tag, kind in self.profile.children(parent, iod=self.iod):
            vr = dictionary_VR(tag)
            # One level deep: the form is valid, and nothing in it says anything.
            action = Action.EMPTY if kind == "2" or vr == "SQ" else Action.DUMMY
            made = self._instead(Tag(tag), vr, action, parent=parent)
            if made is not None:
                item[tag] = made
        return item


def _checked(element: DataElement, tag: BaseTag) -> DataElement | None:
    """Give a kept element if its values look right, of code strings those that do."""
    if element.VR in BYTES:
        # A new element around the same bytes: writing changes the element.
        same = DataElement(tag, element.VR, element.value, already_converted=True)
        same.is_undefined_length = element.is_undefined_length
        return same
    if element.VR not in TEXT:
        is_right = is_right_count(tag, len(values_of(element)))
        return element if is_right and not holds_text(numbers_of(element)) else None
    texts = texts_of(element)
    right = [looks_right(tag, element.VR, text) for text in texts]
    if all(right):
        return element
    if element.VR == "CS" and right[0]:
        kept = [text if ok else "" for text, ok in zip(texts, right, strict=True)]
        return DataElement(tag, "CS", kept)
    return None


def _is_local_code(item: Dataset) -> bool:
    if not any(tag in item for tag in CODE_ATTRIBUTES):
        return False
    return text_of(item, "CodingSchemeDesignator").upper() not in STANDARD_SCHEMES
