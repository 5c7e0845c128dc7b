"""Addresses of the Web and of mail, and the handles of its services.

Each is looked for from the mark that shows it, so that a text without pays nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from site_agent.deidentify.text.page import Page
from site_agent.deidentify.text.spans import Category, Span

_BEFORE_AT = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}\Z")
_AFTER_AT = re.compile(r"@[\w-]{1,63}(?:\.[\w-]{1,63}){0,6}")
_SPELT = re.compile(
    r"(?<![\w.+-])[\w.+-]{1,64} ?[\[(]at[\])] ?[\w-]{1,63}(?:\.[\w-]{1,63}){0,6}"
)
_HANDLE = re.compile(r"@(?<!\w@)[a-z]\w{3,30}")
_URL = re.compile(r"(?:https?://|(?<!\w)www\.)[^\s<>\"]{3,500}")
_DOMAIN = re.compile(
    r"\.(?:com|org|net|edu|gov|info|example|co\.uk)(?!\w)(?:/[^\s<>\"]{0,300})?"
)
_NAME_OF_DOMAIN = re.compile(
    r"(?<![\w@.-])[a-z\d-]{2,63}(?:\.[a-z\d-]{2,63}){0,2}$", re.ASCII
)
_LONGEST_BEFORE_AT, _LONGEST_NAME = 64, 100


def find_web_addresses(page: Page) -> Iterator[Span]:
    """Find mail addresses, URLs, domains and handles in a text."""
    folded = page.folded
    if "@" in folded:
        for match in _AFTER_AT.finditer(folded):
            at = match.start()
            name = _BEFORE_AT.search(folded, max(0, at - _LONGEST_BEFORE_AT), at)
            if name is not None:
                yield Span(name.start(), match.end(), Category.EMAIL, "email-form")
        for match in _HANDLE.finditer(folded):
            yield Span(*match.span(), Category.URL, "handle")
    if "at)" in folded or "at]" in folded:
        for match in _SPELT.finditer(folded):
            yield Span(*match.span(), Category.EMAIL, "email-form")
    if "www." in folded or "://" in folded:
        for match in _URL.finditer(folded):
            yield Span(*match.span(), Category.URL, "url-form")
    for match in _DOMAIN.finditer(folded):
        at = match.start()
        name = _NAME_OF_DOMAIN.search(folded, max(0, at - _LONGEST_NAME), at)
        if name is not None:
            yield Span(name.start(), match.end(), Category.URL, "url-form")
