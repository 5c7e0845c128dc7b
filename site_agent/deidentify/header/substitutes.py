"""What takes the place of a value that goes, as bytes (PS3.15 E.1.1: Z and D)."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from site_agent.deidentify.dictionary import attributes
from site_agent.deidentify.header.encoding import NUMBER_BYTES, Encoding
from site_agent.deidentify.header.profile import Action, load_profile
from site_agent.deidentify.header.values import CODE_ATTRIBUTES, dummy
from site_agent.deidentify.pseudonym import Pseudonyms


class Substitute(NamedTuple):
    """An attribute without its value or with a dummy, and what was done within it.

    `done` has the attributes of the item of a dummy sequence, and their actions.
    """

    content: bytes
    done: tuple[tuple[int, Action], ...]


@lru_cache(maxsize=2048)  # the same in every film of one information object
def substitute(
    tag: int,
    action: Action,
    encoding: Encoding,
    pseudonyms: Pseudonyms,
    iod: str | None,
) -> Substitute:
    """Give an attribute without its value (EMPTY), or with a dummy (DUMMY)."""
    vr = attributes()[tag].vr.split(" or ")[0]
    if action is Action.EMPTY:
        return Substitute(encoding.element(tag, vr, b""), ())
    if vr != "SQ":
        value = _value(vr, pseudonyms)
        return Substitute(encoding.element(tag, vr, value), ())
    item, done = b"", []
    for child, kind in sorted(load_profile().children(tag, iod=iod)):
        is_sequence = attributes()[child].vr == "SQ"
        # One level deep: the form is valid, and nothing in it says anything.
        is_empty = kind == "2" or is_sequence
        if child in CODE_ATTRIBUTES:
            is_empty = False  # a code without its value would be no code
        what = Action.EMPTY if is_empty else Action.DUMMY
        made = substitute(child, what, encoding, pseudonyms, iod)
        item += made.content
        done += [(child, what), *made.done]
    return Substitute(encoding.element(tag, vr, encoding.item(item)), tuple(done))


def _value(vr: str, pseudonyms: Pseudonyms) -> bytes:
    value = pseudonyms.uid("removed") if vr == "UI" else dummy(vr)
    if isinstance(value, str):
        return value.encode("ascii")
    return value if isinstance(value, bytes) else bytes(NUMBER_BYTES[vr])
