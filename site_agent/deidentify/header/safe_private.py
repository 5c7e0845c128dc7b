"""Private attributes that the standard calls safe (PS3.15 E.3.10, Table E.3.10-1)."""

from __future__ import annotations

from site_agent.deidentify.header.profile import SafePrivate, load_profile

_FIRST_BLOCK = 0x10  # PS3.5 7.8.1: creators stand in elements 0010 to 00FF


def creator_tag(tag: int) -> int:
    """Give the tag of the creator that reserved the block of a private attribute."""
    return tag & 0xFFFF0000 | (tag >> 8) & 0xFF


def safe_attribute(tag: int, creator: str) -> SafePrivate | None:
    """Give the row of a private attribute, wherever its block lies; None if unsafe.

    Parameters
    ----------
    tag : int
        The attribute. A creator is no row of its own.
    creator : str
        What stands in the element of its creator, without padding.
    """
    if (tag >> 8) & 0xFF < _FIRST_BLOCK:
        return None
    return load_profile().safe_private.get((tag >> 16, creator, tag & 0xFF))
