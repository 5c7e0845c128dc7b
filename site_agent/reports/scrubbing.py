"""Scrubbing reports one after the other, as they come out of a file."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from site_agent.deidentify.pseudonym import Pseudonyms
from site_agent.deidentify.text.known import identifiers_of_fields
from site_agent.deidentify.text.scrub import Scrubbed, scrub
from site_agent.deidentify.text.spans import Category, Span
from site_agent.reports.edits import Plain
from site_agent.reports.plain import plain
from site_agent.reports.rows import Report
from site_agent.reports.surrogates import surrogates_of

_NAMES = {category: category.name for category in Category}


class ScrubbedReport(NamedTuple):
    """A report, its plain text and what scrubbing made of it."""

    report: Report
    plain: Plain
    scrubbed: Scrubbed

    def released(self) -> dict[str, Any]:
        """Give the line that goes on; of a report in doubt nothing of its text goes.

        Places are those of the text as it came.
        """
        if self.scrubbed.doubts:
            whole = (0, len(self.report.text), "DOUBT", self.scrubbed.doubts[0].rule)
            span = dict(zip(("start", "end", "category", "rule"), whole, strict=True))
            spans = [span] if self.report.text else []
            return {
                "id": self.report.id,
                "text": "",
                "sections": dict.fromkeys(self.scrubbed.sections, ""),
                "spans": spans,
                "quarantined": True,
            }
        return {
            "id": self.report.id,
            "text": self.scrubbed.text,
            "sections": self.scrubbed.sections,
            "spans": self._told(self.scrubbed.spans),
        }

    def quarantined(self) -> dict[str, Any]:
        """Give the line for a person to look at; **it holds the report**."""
        return {
            "id": self.report.id,
            "doubts": self._told(self.scrubbed.doubts),
            "proposed": self.scrubbed.text,
            "text": self.report.text,
        }

    def _told(self, spans: Iterable[Span]) -> list[dict[str, Any]]:
        return [
            {
                "start": start,
                "end": end,
                "category": _NAMES[span.category],
                "rule": span.rule,
            }
            for span in spans
            for start, end in (self.plain.original(span.start, span.end),)
            if start < end
        ]


def scrub_row(
    row: Report,
    staff: tuple[str, ...] = (),
    pseudonyms: Pseudonyms | None = None,
) -> ScrubbedReport:
    """Scrub one report with what came beside it and the site's staff list.

    With `pseudonyms` surrogates take the place of what identifies, else placeholders.
    """
    found = plain(row.text)
    known = identifiers_of_fields(row.identifiers, staff)
    language = row.language or None
    if pseudonyms is None:
        return ScrubbedReport(row, found, scrub(found.text, known, language))
    surrogates = surrogates_of(pseudonyms, row.identifiers, row.id, row.language)
    scrubbed = scrub(found.text, known, language, surrogates.instead)
    return ScrubbedReport(row, found, scrubbed)
