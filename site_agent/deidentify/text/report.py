"""De-identification of a report: Findings and Impression, and nothing that identifies.

The letter around the two sections is dropped by its grammar. Inside them goes, in one
pass, what is known of the study's people (header, order, letterhead, staff list) in all
its written forms, then names after a title, dates, times, phones, numbers, addresses.
Each is replaced by a placeholder that tells its kind; the rest stays letter by letter.
"""

from __future__ import annotations

import re
import unicodedata

from site_agent.deidentify.text.doubts import find_doubts
from site_agent.deidentify.text.known import KnownIdentifiers
from site_agent.deidentify.text.letter import Section, section_of_field, sections_of
from site_agent.deidentify.text.page import open_page
from site_agent.deidentify.text.scrub import find_identifiers
from site_agent.deidentify.text.spans import replace
from site_agent.errors import ReportInDoubt
from site_agent.study import DeidentifiedReport, ReceivedReport

_LINE_ENDS = re.compile("\\r\\n|[\\r\\v\\f\\x85\\u2028\\u2029]")
_CONTROLS = re.compile("[\\x00-\\x08\\x0e-\\x1f\\x7f-\\x9f]")
_INVISIBLE = re.compile(
    "[\\u00ad\\u061c\\u180e\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u206f"
    "\\ufe00-\\ufe0f\\ufeff\\ud800-\\udfff]"
)


def deidentify_report(
    report: ReceivedReport, known: KnownIdentifiers
) -> DeidentifiedReport:
    """Keep the two sections and remove what identifies.

    Sections that came as fields are taken as they are, unless the field holds headings
    of its own; what is missing is looked for in the letter's text.

    Returns
    -------
    DeidentifiedReport
        A section that the report lacks is empty.

    Raises
    ------
    ReportInDoubt
        Something in a section can neither be taken away nor let pass (`doubts`).
    """
    sections = dict.fromkeys((Section.FINDINGS, Section.IMPRESSION), "")
    for name, text in report.sections.items():
        section = section_of_field(name)
        if section is Section.OTHER:
            continue
        for part, kept in sections_of(readable(text), first=section).items():
            sections[part] = "\n".join(filter(None, (sections[part], kept)))
    if not all(sections.values()):
        for part, kept in sections_of(readable(report.text)).items():
            sections[part] = sections[part] or kept
    findings, of_findings = _scrubbed(sections[Section.FINDINGS], known)
    impression, of_impression = _scrubbed(sections[Section.IMPRESSION], known)
    if doubts := of_findings | of_impression:
        raise ReportInDoubt(", ".join(sorted(doubts)))
    return DeidentifiedReport(findings=findings, impression=impression)


def _scrubbed(text: str, known: KnownIdentifiers) -> tuple[str, set[str]]:
    """Give a text without what identifies, and the rules by which it is in doubt."""
    text = readable(text)
    spans = find_identifiers(text, known)
    doubts = {doubt.rule for doubt in find_doubts(open_page(text), spans)}
    return replace(text, spans), doubts


def readable(text: str) -> str:
    """Compose accents; line ends become line feeds, other control characters spaces.

    Invisible characters go: a soft hyphen or a zero-width space would hide a name from
    every pattern, and from no reader. So do surrogates, which no file can hold.
    """
    text = _LINE_ENDS.sub("\n", unicodedata.normalize("NFC", text))
    return _INVISIBLE.sub("", _CONTROLS.sub(" ", text))
