"""The step of the pipeline that labels a study by its report."""

from __future__ import annotations

from site_agent.label.labeler import label_text
from site_agent.study import LabelledStudy, ScrubbedStudy


def label(scrubbed: ScrubbedStudy) -> LabelledStudy:
    """Label a study by its report."""
    report = scrubbed.checked.report
    return LabelledStudy(scrubbed, label_text(report.findings, report.impression))
