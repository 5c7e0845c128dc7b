"""Why the film was asked for, as one of the specification's classes."""

from __future__ import annotations

import re
from collections.abc import Iterable

from protos.statistics_pb2 import Indication
from site_agent.deidentify.header.projection import in_words

# In the order in which they count: "pre-op, known COPD" is pre-operative clearance.
# `in_words` has taken accents, case and punctuation away.
_CLASSES: tuple[tuple[Indication.ValueType, str], ...] = (
    (
        Indication.PRE_OPERATIVE_CLEARANCE,
        r"pre ?op|pre ?ops|pre ?operat\w*|pre ?operator\w*|pre ?an(?:a?e|e)sth\w*"
        r"|pre ?surg\w*|pre ?procedur\w*|surgical clearance|clearance for surgery"
        r"|before (?:surgery|operation)|praoperativ\w*|vor operation|op vorbereitung"
        r"|avant (?:intervention|chirurgie|operation)|przedoperac\w*|przed operacj\w*",
    ),
    (
        Indication.CARDIAC_FOLLOW_UP,
        r"cardi\w*|heart|chf|hf|coronary|cabg|pace ?maker|icd|aicd|atrial\w*|afib"
        r"|valv\w*|tavi|tavr|arrhythm\w*|cardiomy\w*|herz\w*|kardi\w*|coeur|corazon"
        r"|cuore|serc\w*|insuffisance cardiaque|icc|fevi|stemi|nstemi|infarct\w*",
    ),
    (
        Indication.RESPIRATORY_SYMPTOMS,
        r"cough\w*|dyspn\w*|sob|short(?:ness)? of breath|breathless\w*|wheez\w*"
        r"|respirat\w*|pneumonia\w*|bronch\w*|copd|asthma\w*|h(?:a|)emopt\w*|sputum"
        r"|hypox\w*|chest infection|lrti|urti|influenza|covid\w*"
        r"|husten|atemnot|pneumonie|lungenentzundung|toux|essoufflement|crachat\w*"
        r"|tos|disnea|neumonia|tosse|dispnea|polmonite|kaszel|dusznosc\w*|zapaleni\w*",
    ),
    (
        Indication.ROUTINE_CHECK_UP,
        r"routine|check ?ups?|health check|screening|annual|yearly|periodic\w*"
        r"|(?:pre ?)?employment|occupational|medical exam\w*|physical exam\w*"
        r"|well visit|wellness|asymptomatic|visa|immigration|vorsorge\w*"
        r"|kontrolluntersuchung|bilan|depistage|embauche|revision|chequeo|rutina"
        r"|controllo|idoneita|kontroln\w*|profilakt\w*|okresow\w*",
    ),
)
_PATTERNS = tuple(
    (indication, re.compile(rf"\b(?:{pattern})\b")) for indication, pattern in _CLASSES
)
# What a clause denies is not why the film was asked for.
_DENIED = re.compile(
    r"\b(?:no|not|without|denies|denied|negative for|kein\w*|ohne|sans|sin|senza|bez)\b"
    r"[^,;.\n]*",
    re.IGNORECASE,
)


def indication_of(texts: Iterable[str]) -> Indication.ValueType:
    """Give the class that the first telling text names; OTHER_INDICATION if none does.

    Parameters
    ----------
    texts : iterable of str
        Reasons and descriptions, the most specific first.
    """
    for text in texts:
        words = in_words(_DENIED.sub(" ", text))
        for indication, pattern in _PATTERNS:
            if pattern.search(words):
                return indication
    return Indication.OTHER_INDICATION
