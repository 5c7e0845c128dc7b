"""What is read of a pydicom data set beyond single values: its concept, its persons.

It is for `dataset` what `items` is for the engine.
"""

from __future__ import annotations

from contextlib import suppress

from pydicom.datadict import dictionary_has_tag, dictionary_VR
from pydicom.dataset import Dataset
from pydicom.tag import BaseTag, Tag

from site_agent.deidentify.header.content import (
    CODE_VALUE,
    CODING_SCHEME,
    VALUE_TYPE,
    Item,
)
from site_agent.deidentify.header.descriptors import name_words
from site_agent.deidentify.header.elements import numbers_of, read_element, values_of
from site_agent.deidentify.header.encoding import BYTES
from site_agent.deidentify.header.lookup_tables import (
    LUT_DESCRIPTOR,
    PALETTES,
    is_table,
)
from site_agent.deidentify.header.own_identifiers import (
    SOURCES,
    Collected,
    OwnIdentifiers,
)
from site_agent.deidentify.header.reading import (
    UNREADABLE,
    items_of,
    text_of,
    texts_of,
)
from site_agent.deidentify.header.structure import DEEPEST
from site_agent.deidentify.header.values import CODE_ATTRIBUTES, STANDARD_SCHEMES


def is_local_code(item: Dataset) -> bool:
    """Whether an item is a code of a scheme that is not the standard's."""
    if not any(tag in item for tag in CODE_ATTRIBUTES):
        return False
    return text_of(item, "CodingSchemeDesignator").upper() not in STANDARD_SCHEMES


def item_of(item: Dataset) -> Item:
    """Read what a content item is."""
    concept = next(iter(items_of(item, "ConceptNameCodeSequence")), Dataset())
    measured = next(iter(items_of(item, "MeasuredValueSequence")), Dataset())
    units = next(iter(items_of(measured, "MeasurementUnitsCodeSequence")), Dataset())
    return Item(
        value_type=text_of(item, VALUE_TYPE),
        code=text_of(concept, CODE_VALUE),
        scheme=text_of(concept, CODING_SCHEME),
        units=text_of(units, CODE_VALUE),
    )


def is_table_in(dataset: Dataset, tag: int) -> bool:
    """Whether a lookup table is as its descriptor says (`lookup_tables`)."""
    descriptor = Tag(PALETTES.get(tag, LUT_DESCRIPTOR))
    try:
        element = read_element(dataset, Tag(tag), "US or OW")
        entries, _, bits = values_of(read_element(dataset, descriptor, "US or SS"))
    except UNREADABLE:
        return False
    data = element.value or b"" if element.VR in BYTES else numbers_of(element)
    return is_table(data, entries & 0xFFFF, bits & 0xFFFF)


def own_identifiers_in(dataset: Dataset) -> OwnIdentifiers:
    """Give the names and numbers of persons that a file has, at every depth."""
    collected = Collected()
    _collect(dataset, 0, collected)
    return collected.identifiers()


def _collect(dataset: Dataset, depth: int, into: Collected) -> None:
    for tag in dataset.keys():  # noqa: SIM118  a data set yields elements, not tags
        if tag in SOURCES:
            into.add(int(tag), texts_of(dataset, tag))
        elif depth < DEEPEST and _is_sequence(tag):
            with suppress(*UNREADABLE):
                for item in read_element(dataset, tag, "SQ").value:
                    _collect(item, depth + 1, into)


def _is_sequence(tag: BaseTag) -> bool:
    return dictionary_has_tag(tag) and dictionary_VR(tag) == "SQ"


def persons_in(dataset: Dataset) -> frozenset[str]:
    """Give the words of every name that a file has at its top, folded."""
    tags = [tag for tag in dataset.keys() if dictionary_has_tag(tag)]  # noqa: SIM118
    names = [tag for tag in tags if dictionary_VR(tag) == "PN"]
    return name_words(text for tag in names for text in texts_of(dataset, tag))


def creator_name(dataset: Dataset, creator: int) -> str:
    """Give the name of a private creator as it is written; empty if it is none."""
    item = dataset.get_item(creator) if creator in dataset else None
    value = item.value if item is not None else None
    text = value.decode("latin-1") if isinstance(value, bytes) else value
    return text.strip(" \0") if isinstance(text, str) else ""
