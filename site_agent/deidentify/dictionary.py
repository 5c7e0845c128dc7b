"""What the standard names: attributes and UIDs (PS3.6), words of codes (PS3.16).

A copy of pydicom's tables as data (`compile_dictionary`), so that what needs nothing
but a tag's VR does not wait for the library.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

DATA = Path(__file__).with_name("dictionary.json")
CODE_WORDS = Path(__file__).with_name("code_words.txt")


class Attribute(NamedTuple):
    """One row of PS3.6 chapter 6; `vr` is ``US or SS`` where there are two."""

    vr: str
    vm: str
    keyword: str


@cache
def attributes() -> Mapping[int, Attribute]:
    """Every attribute of the standard by its tag, without repeating groups."""
    data = _data()
    rows = map(Attribute, data["vrs"], data["vms"], data["keywords"])
    return dict(zip(_numbers(), rows, strict=True))


@cache
def tags() -> Mapping[str, int]:
    """Every tag by its keyword."""
    named = zip(_data()["keywords"], _numbers(), strict=True)
    return {keyword: tag for keyword, tag in named if keyword}


def is_registered(uid: str) -> bool:
    """Whether PS3.6 Annex A gives a UID a meaning; such a UID names nobody."""
    return uid in _uids()


def is_transfer_syntax(uid: str) -> bool:
    """Whether a UID is a transfer syntax of the standard, current or retired."""
    return _uids().get(uid) == "Transfer Syntax"


@cache
def code_words() -> frozenset[str]:
    """Every word of the standard's code meanings, in small letters."""
    return frozenset(CODE_WORDS.read_text("ascii").split())


@cache
def _uids() -> Mapping[str, str]:
    return dict(zip(_data()["uids"], _data()["types"], strict=True))


@cache
def _numbers() -> list[int]:
    return [int(tag, 16) for tag in _data()["tags"]]


@cache
def _data() -> dict[str, list[str]]:
    columns: dict[str, list[str]] = json.loads(DATA.read_text("utf-8"))
    return columns
