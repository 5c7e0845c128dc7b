"""What takes the place of a value that goes, as bytes (PS3.15 E.1.1: Z and D)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from site_agent.deidentify.dictionary import attributes
from site_agent.deidentify.header.encoding import NUMBER_BYTES, Encoding
from site_agent.deidentify.header.profile import Action, load_profile
from site_agent.deidentify.header.values import CODE_ATTRIBUTES, dummy
from site_agent.deidentify.pseudonym import Pseudonyms

Did = Callable[[int, Action], None]
"""Is told of every attribute that is made."""


@dataclass(frozen=True, slots=True)
class Substitutes:
    """Makes empty attributes and dummies for one information object."""

    encoding: Encoding
    pseudonyms: Pseudonyms
    iod: str | None

    def element(self, tag: int, action: Action, did: Did) -> bytes:
        """Give an attribute without its value (EMPTY), or with a dummy (DUMMY)."""
        vr = attributes()[tag].vr.split(" or ")[0]
        if action is Action.EMPTY:
            return self.encoding.element(tag, vr, b"")
        if vr == "SQ":
            item = self.encoding.item(self._item(tag, did))
            return self.encoding.element(tag, vr, item)
        return self.encoding.element(tag, vr, self._value(vr))

    def _value(self, vr: str) -> bytes:
        value = self.pseudonyms.uid("removed") if vr == "UI" else dummy(vr)
        if isinstance(value, str):
            return value.encode("ascii")
        return value if isinstance(value, bytes) else bytes(NUMBER_BYTES[vr])

    def _item(self, parent: int, did: Did) -> bytes:
        """Give the attributes that an item of a sequence must have."""
        made = []
        for tag, kind in sorted(load_profile().children(parent, iod=self.iod)):
            is_sequence = attributes()[tag].vr == "SQ"
            # One level deep: the form is valid, and nothing in it says anything.
            is_empty = kind == "2" or is_sequence
            if tag in CODE_ATTRIBUTES:
                is_empty = False  # a code without its value would be no code
            action = Action.EMPTY if is_empty else Action.DUMMY
            did(tag, action)
            made.append(self.element(tag, action, did))
        return b"".join(made)
