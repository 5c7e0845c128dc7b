"""The step of the pipeline that labels a study by its report."""

from __future__ import annotations

from site_agent.label.labeler import label_text
from site_agent.label.language import detect
from site_agent.study import LabelledStudy, ScrubbedStudy


def label(scrubbed: ScrubbedStudy, language: str = "en") -> LabelledStudy:
    """Label a study by its report.

    Parameters
    ----------
    scrubbed
        A study whose films and report are de-identified.
    language
        ISO 639-1 code of a report whose words do not tell its language.
    """
    report = scrubbed.checked.report
    told = detect(f"{report.findings}\n{report.impression}", language)
    labels = label_text(report.findings, report.impression, told.language)
    return LabelledStudy(scrubbed, labels)
