"""Texts that may stay on a film: how it was taken, never of whom."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from importlib import resources


@cache
def usually_allowed() -> frozenset[str]:
    """Texts that may stay unless a site says otherwise, as `allowed` gives them."""
    listed = resources.files(__package__).joinpath("allowed.txt").read_text("utf-8")
    return allowed(listed.splitlines())


def allowed(texts: Iterable[str]) -> frozenset[str]:
    """Bring a list of texts that may stay into the form in which they are compared.

    Empty lines, and those that begin with #, are none.
    """
    lines = (compared(text) for text in texts)
    return frozenset(line for line in lines if line and not line.startswith("#"))


def compared(text: str) -> str:
    """Give a text as it is compared: in small letters, spaces put together."""
    return " ".join(text.split()).casefold()
