"""What is read of a data set beyond single values: its concept, its persons."""

from __future__ import annotations

from site_agent.deidentify.dictionary import attributes
from site_agent.deidentify.header.content import (
    CODE_VALUE,
    CODING_SCHEME,
    CONCEPT_NAME,
    MEASURED_VALUE,
    UNITS,
    VALUE_TYPE,
    Item,
)
from site_agent.deidentify.header.descriptors import name_words
from site_agent.deidentify.header.encoding import UNDEFINED
from site_agent.deidentify.header.own_identifiers import (
    SOURCES,
    Collected,
    OwnIdentifiers,
)
from site_agent.deidentify.header.structure import DataSet, Declined
from site_agent.deidentify.header.texts import (
    charset_of,
    decoded_values,
    first_text,
    raw_value,
    text_to_search,
)


def item_in(data: bytes, elements: DataSet, charset: str) -> Item:
    """Read what a content item is.

    Raises
    ------
    Declined
        When its concept, or its units, cannot be told.
    """
    concept = _first_item(elements, CONCEPT_NAME)
    units = _first_item(_first_item(elements, MEASURED_VALUE), UNITS)
    return Item(
        value_type=first_text(data, elements, VALUE_TYPE, charset),
        code=first_text(data, concept, CODE_VALUE, charset),
        scheme=first_text(data, concept, CODING_SCHEME, charset),
        units=first_text(data, units, CODE_VALUE, charset),
    )


def persons_in(data: bytes, elements: DataSet) -> frozenset[str]:
    """Give the words of every name that a file has at its top, folded.

    Raises
    ------
    Declined
        When its characters cannot be told.
    """
    charset = charset_of(data, elements, "")
    names: list[str] = []
    for tag, element in elements.items():
        known = attributes().get(tag)
        if known is None or known.vr != "PN":
            continue
        if element.vr not in ("", "PN"):
            raise Declined("a name of an unusual VR")
        names += decoded_values(raw_value(data, element), "PN", charset)
    return name_words(names)


def own_identifiers_in(data: bytes, elements: DataSet) -> OwnIdentifiers:
    """Give the names and numbers of persons that a file has, at every depth.

    Raises
    ------
    Declined
        When the characters of one cannot be told.
    """
    collected = Collected()
    _collect(data, elements, "", collected)
    return collected.identifiers()


def _collect(data: bytes, elements: DataSet, around: str, into: Collected) -> None:
    # At most DEEPEST deep: further down `structure` gives no items.
    charset = charset_of(data, elements, around)
    for tag, element in elements.items():
        if tag in SOURCES and element.length not in (0, UNDEFINED):
            text = text_to_search(raw_value(data, element), charset)
            into.add(tag, text.split("\\"))
        elif element.items:
            for item in element.items:
                _collect(data, item, charset, into)


def _first_item(elements: DataSet, sequence: int) -> DataSet:
    element = elements.get(sequence)
    if element is None or not element.items:
        return {}
    if element.vr not in ("", "SQ"):
        raise Declined("a code of an unusual VR")
    return element.items[0]
