"""Plain text out of what a report came as."""

from __future__ import annotations

from site_agent.reports.edits import Plain, edited
from site_agent.reports.markup import is_clean, markup_edits
from site_agent.reports.rtf import is_rtf, rtf_edits


def plain(text: str) -> Plain:
    """Take markup, escapes and invisible characters out of a text.

    Tags and control words go or become the line break that they stand for; entities
    and escapes become their characters. A text without any is given as it is.

    Returns
    -------
    Plain
        The text, and for each span of it (`Plain.original`) its place in the original.
    """
    if is_rtf(text):
        return edited(text, rtf_edits(text))
    if is_clean(text):
        return Plain(text)
    return edited(text, markup_edits(text))
