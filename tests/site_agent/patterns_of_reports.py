"""Writes as JSON every pattern that the rooms of reports compile, with its place.

Run by itself, so that nothing is compiled before it listens: the rooms are imported,
and their functions are called on a text of each language, for some patterns are
written from data packs when they are first needed.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import pkgutil
import re
import sys
from importlib import resources
from pathlib import Path
from typing import Any

ROOMS = ("site_agent.label", "site_agent.reports", "site_agent.deidentify")
NO_PART = ("compile_",)  # programs that make data files, run by developers
TEXTS = {
    "en": "Dr. Anna Reuter, born 3.4.1960. FINDINGS: No effusion. Heart enlarged 5 cm.",
    "de": "Befund: Kein Pleuraerguss, Herz nicht vergrößert. Dr. Reuter, 3. Mai 1960. "
    "J\u00c3\u00bcrgen M\u00c3\u00bcller, M?ller, 4711-0815, 1.2.840.99999.3.4711.",
    "fr": "Résultats : pas d'épanchement pleural. Dr Reuter, 3 mai 1960.",
    "es": "Hallazgos: sin derrame pleural. Dr. Reuter, 3 de mayo de 1960.",
    "it": "Referto: non versamento pleurico. Dr. Reuter, 3 maggio 1960.",
    "nl": "Bevindingen: geen pleuravocht. Dr. Reuter, 3 mei 1960.",
    "pt": "Achados: sem derrame pleural. Dr. Reuter, 3 de maio de 1960.",
    "pl": "Opis: bez płynu w jamach opłucnej. Dr Reuter, 3 maja 1960.",
    "sv": "Fynd: ingen pleuravätska. Dr. Reuter, 3 maj 1960.",
    "ru": "Описание: выпота нет. Врач Рейтер, 3 мая 1960.",
}


def main() -> None:
    """Listen, import, call, and tell."""
    compiled: dict[tuple[str, int, str, int], None] = {}
    original: Any = re._compile  # type: ignore[attr-defined]

    def listening(pattern: Any, flags: Any) -> Any:
        frame: Any = sys._getframe(1)
        while frame.f_globals.get("__name__") == "re":
            frame = frame.f_back
        module = str(frame.f_globals.get("__name__"))
        if isinstance(pattern, str | bytes) and module.startswith(ROOMS):
            text = pattern if isinstance(pattern, str) else pattern.decode("latin-1")
            compiled[module, frame.f_lineno, text, int(flags)] = None
        return original(pattern, flags)

    re._compile = listening  # type: ignore[attr-defined]
    for room in ROOMS:
        package = importlib.import_module(room)
        for module in pkgutil.iter_modules(package.__path__):
            if not module.name.startswith(NO_PART):
                importlib.import_module(f"{room}.{module.name}")
    for text in TEXTS.values():
        for function in FUNCTIONS.values():
            function(text)
    json.dump(list(compiled), sys.stdout)


def detect(text: str) -> None:
    """Tell its language."""
    from site_agent.label.language import detect

    detect(text)


def plain(text: str) -> None:
    """Read it as text, as RTF and as bytes of any encoding."""
    from site_agent.reports.encoding import decode
    from site_agent.reports.plain import plain

    plain(text)
    plain("{\\rtf1 " + text)
    decode(text.encode())
    decode(text.encode("cp1252", "replace") + b"\xff")


def label(text: str) -> None:
    """Label it, with evidence: in the languages that are read in different ways."""
    from site_agent.label.labeler import label_report, mentions_in_report

    for language in TEXTS if len(text) < 1000 else ("en", "de"):
        if resources.files("site_agent.label").joinpath(f"{language}.toml").is_file():
            label_report(text, language)
    list(mentions_in_report(text, "en"))


def deidentify(text: str) -> None:
    """Take out what identifies, with a header given."""
    from pydicom.dataset import Dataset

    from site_agent.deidentify.text.identifiers import known_identifiers
    from site_agent.deidentify.text.report import deidentify_report
    from site_agent.errors import ReportInDoubt
    from site_agent.study import ReceivedImage, ReceivedReport, ReceivedStudy

    header = Dataset()
    header.PatientName, header.PatientID = "Müller^Jürgen", "4711-0815"
    header.StudyInstanceUID = "1.2.840.99999.3.4711"
    named = {"patient_name": "Anna Reuter", "birth_date": "19600403"}
    report = ReceivedReport(text, {}, named)
    study = ReceivedStudy((ReceivedImage(Path("x"), header),), report)
    with contextlib.suppress(ReportInDoubt):
        deidentify_report(report, known_identifiers(study, ["Dr. Bo Berg"]))


FUNCTIONS = {"detect": detect, "plain": plain, "label": label, "deidentify": deidentify}


if __name__ == "__main__":
    main()
