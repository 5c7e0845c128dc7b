"""The words that the report step knows, read from ``vocabulary.toml``."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from site_agent.deidentify.spelling import fold


@cache
def words(table: str, entry: str) -> frozenset[str]:
    """All words of one entry, folded."""
    return frozenset(fold(_read()[table][entry]).split())


@cache
def phrases(table: str) -> frozenset[str]:
    """All phrases of a table that has a list of them for each language, folded."""
    listed = _read()[table].values()
    return frozenset(fold(phrase) for language in listed for phrase in language)


@cache
def common_words() -> frozenset[str]:
    """Words of medicine and daily language that are somebody's name as well.

    Such a word alone names nobody: ``Small left effusion`` with a patient Small.
    """
    return frozenset().union(*(words("common", entry) for entry in _read()["common"]))


@cache
def _read() -> dict[str, dict[str, Any]]:
    text = files(__package__).joinpath("vocabulary.toml").read_text("utf-8")
    return tomllib.loads(text)
