"""The step of the pipeline that labels a study by its report."""

from __future__ import annotations

from site_agent.label.labeler import label_text
from site_agent.study import CheckedStudy, LabelledStudy


def label(checked: CheckedStudy) -> LabelledStudy:
    """Label a study by its report."""
    report = checked.report
    return LabelledStudy(checked, label_text(report.findings, report.impression))
