"""Labelling reports one after the other, as they come out of a file."""

from __future__ import annotations

from typing import Any, NamedTuple

from protos.statistics_pb2 import Assertion, Observation
from site_agent.label.labeler import label_report, mentions_in_report
from site_agent.label.mode import Mode
from site_agent.label.resolve import Mention
from site_agent.reports.edits import Plain
from site_agent.reports.languages import Languages
from site_agent.reports.plain import plain
from site_agent.reports.rows import BadRow, Report, Row

COLUMNS = {
    observation: name.replace("_", " ").title()
    for name, observation in Observation.items()[1:]
}
"""The observations in the order and with the names of CheXpert's files."""

CELLS = {
    Assertion.POSITIVE: "1.0",
    Assertion.NEGATIVE: "0.0",
    Assertion.UNCERTAIN: "-1.0",
    Assertion.NOT_MENTIONED: "",
}
"""What CheXpert's and MIMIC-CXR-JPG's files say for an assertion."""

_SILENT = [""] * len(COLUMNS)


class Labelled(NamedTuple):
    """A report with its labels.

    `cells` are in the order of `COLUMNS`, all blank where there is no text.
    """

    report: Report
    language: str
    cells: list[str]
    plain: Plain
    mode: Mode

    def mentions(self) -> list[Mention]:
        """Find what the labels rest on; places are those of `plain.text`."""
        if not self.language:
            return []
        return list(mentions_in_report(self.plain.text, self.language, self.mode))


class Labelling:
    """How reports are labelled: in which languages, by whose conventions."""

    def __init__(self, languages: Languages, mode: Mode) -> None:
        self._languages = languages
        self._mode = mode

    def label(self, row: Row) -> Labelled | BadRow:
        """Label one report; what cannot be labelled becomes a bad row."""
        if isinstance(row, BadRow):
            return row
        found = plain(row.text)
        if not found.text.strip():
            return Labelled(row, "", _SILENT, found, self._mode)
        language = self._languages.of(found.text, row.language)
        if not language:
            known = ", ".join(self._languages.known)
            return BadRow(row.row, f"its language is none of {known}")
        try:
            labels = label_report(found.text, language, self._mode)
        except Exception as error:  # noqa: BLE001  one report must not cost the others
            return BadRow(row.row, f"the labeler failed on it ({type(error).__name__})")
        cells = [CELLS[labels[observation]] for observation in COLUMNS]
        return Labelled(row, language, cells, found, self._mode)


def evidence(labelled: Labelled) -> dict[str, Any]:
    """Tell a report's labels with what they rest on, for a line of JSON.

    Places are those of the text as it came. **It quotes the report.**
    """
    return {
        "id": labelled.report.id,
        "language": labelled.language,
        "labels": {
            name: float(cell)
            for name, cell in zip(COLUMNS.values(), labelled.cells, strict=True)
            if cell
        },
        "mentions": [_mention(labelled, each) for each in labelled.mentions()],
    }


def _mention(labelled: Labelled, mention: Mention) -> dict[str, Any]:
    cue = None
    if mention.cue_end > mention.cue_start:
        cue = _span(labelled, mention.cue_start, mention.cue_end)
    return {
        "label": COLUMNS[mention.observation],
        "value": float(CELLS[mention.assertion]),
        **_span(labelled, mention.start, mention.end),
        "cue": cue,
        "rule": mention.rule,
    }


def _span(labelled: Labelled, start: int, end: int) -> dict[str, Any]:
    first, last = labelled.plain.original(start, end)
    return {"start": first, "end": last, "text": labelled.plain.text[start:end]}
