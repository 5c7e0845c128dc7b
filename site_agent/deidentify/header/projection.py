"""Which way the beam went through which part of the body.

PS3.3 C.8.11.5.1.1 (View Position, View Code Sequence) and PS3.16 CID 4010, in the codes
that were valid when films were made: SCT now, SRT and SNM3 before.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from pydicom.dataset import Dataset

from site_agent.deidentify.header.reading import items_of, text_of
from site_agent.study import View

_VIEW_CODES = {
    "272479007": View.PA,
    "R-10214": View.PA,
    "R-40888": View.PA,
    "399348003": View.AP,
    "R-10206": View.AP,
    "399067008": View.LATERAL,
    "R-102CD": View.LATERAL,
    "399173006": View.LATERAL,
    "R-10236": View.LATERAL,
    "399198007": View.LATERAL,
    "R-10232": View.LATERAL,
}
_CHEST_CODES = frozenset({"816094009", "51185008", "43799004", "T-D3000", "261179002"})

# A projection in words. Oblique, decubitus and lordotic films are none of the three.
_NEITHER = re.compile(
    r"\b(?:obli\w*|decub\w*|lordo\w*|apical|[rl]a?o|[rl]po|[rl]l[do]|schrag\w*)\b"
)
_PROJECTIONS = {
    View.PA: re.compile(r"\bp ?a\b|\bpostero ?ant\w*|\bdorso ?ventr\w*"),
    View.AP: re.compile(r"\ba ?p\b|\bantero ?post\w*|\bventro ?dors\w*"),
    View.LATERAL: re.compile(
        r"\blat(?:eral\w*|)\b|\b[lr]l\b|\bseitlich\w*|\bprofil\b|\bboczn\w*"
    ),
}

# The body part in words: first what is more than the chest, or only its wall.
_BEYOND = re.compile(
    r"abdom|\bbabygram|\bwhole ?body|\b(?:ribs?|rippen|costal\w*|cotes|stern\w*)\b"
    r"|\bthorac\w* (?:and lumbar )?(?:spine|vert\w*)|[cts] ?spine|wirbel|rachis"
)
_CHEST = re.compile(
    r"chest|\b(?:thora\w*|tora[xc]\w*|lungs?|pulmo\w*|poumons?|poitrine|klatk\w*"
    r"|pluc\w*|cxr)\b"
)
_ELSEWHERE = re.compile(
    r"\b(?:pelvi\w*|bassin|becken|hips?|hufte|hanche|cadera|anca|knees?|knie|genou"
    r"|rodilla|ginocchio|hands?|wrists?|fingers?|thumb|elbow|forearm|arms?|shoulders?"
    r"|schulter|epaule|hombro|spalla|clavicle\w*|humerus|scapula|\w?spine|cervical"
    r"|lumba\w*|sacr\w*|coccyx|columna|skull|head|schadel|crane|craneo|neck|face"
    r"|orbit\w*|sinus\w*|nasal|jaw|mandib\w*|teeth|dental|breast\w*|mammo\w*|feet"
    r"|foot|toes?|heel|ankles?|fuss|pied|femur|tibia|fibula|legs?|thigh|extremit\w*"
    r"|heart|aorta|bladder|kidneys?|kub)\b"
)


def view_of(dataset: Dataset) -> View:
    """Give the projection of a film; UNKNOWN where the header does not tell it.

    View Position and View Code Sequence are believed first, and only if they agree.
    Where neither tells, the descriptions of this image are read (not those of its
    study, which may have several), then Patient Orientation, which shows a lateral.
    """
    position = _view_in_words(text_of(dataset, "ViewPosition"))
    told = {view for view in (position, _coded_view(dataset)) if view is not None}
    if told:
        return told.pop() if len(told) == 1 else View.UNKNOWN
    for keyword in (
        "SeriesDescription",
        "AcquisitionDeviceProcessingDescription",
        "ProtocolName",
        "PerformedProcedureStepDescription",
    ):
        view = _view_in_words(text_of(dataset, keyword))
        if view is not None:
            return view
    rows_run_to = text_of(dataset, "PatientOrientation").upper()
    return View.LATERAL if rows_run_to in ("A", "P") else View.UNKNOWN


def is_chest(dataset: Dataset) -> bool | None:
    """Whether the film is of the chest; None where the header does not tell.

    Body Part Examined, then Anatomic Region, then procedure codes and descriptions. A
    film of the chest together with another part (a babygram) is not a chest film.
    """
    told = _chest_in_words(text_of(dataset, "BodyPartExamined"))
    regions = items_of(dataset, "AnatomicRegionSequence") if told is None else ()
    for item in regions:
        if text_of(item, "CodeValue") in _CHEST_CODES:
            return True
        told = _chest_in_words(text_of(item, "CodeMeaning"))
        if told is not None:
            return told
    if told is not None:
        return told
    texts = map(_chest_in_words, _descriptions(dataset))
    return next((each for each in texts if each is not None), None)


def in_words(text: str) -> str:
    """Lower case, without accents, words parted by single spaces."""
    plain = unicodedata.normalize("NFKD", text.replace("ł", "l").replace("Ł", "l"))
    letters = "".join(c for c in plain if not unicodedata.combining(c))
    return re.sub(r"[\W_]+", " ", letters.lower()).strip()


def _coded_view(dataset: Dataset) -> View | None:
    for item in items_of(dataset, "ViewCodeSequence"):
        view = _VIEW_CODES.get(text_of(item, "CodeValue"))
        return view or _view_in_words(text_of(item, "CodeMeaning"))
    return None


def _view_in_words(text: str) -> View | None:
    """Give the projection that a text names; None for none and for several."""
    words = in_words(text)
    if words == "l":
        return View.LATERAL
    if _NEITHER.search(words):
        return View.UNKNOWN
    met = [view for view, pattern in _PROJECTIONS.items() if pattern.search(words)]
    return met[0] if len(met) == 1 else None


def _descriptions(dataset: Dataset) -> Iterator[str]:
    for item in items_of(dataset, "ProcedureCodeSequence"):
        yield text_of(item, "CodeMeaning")
    for keyword in (
        "SeriesDescription",
        "ProtocolName",
        "AcquisitionDeviceProcessingDescription",
        "PerformedProcedureStepDescription",
        "RequestedProcedureDescription",
        "StudyDescription",
    ):
        yield text_of(dataset, keyword)


def _chest_in_words(text: str) -> bool | None:
    words = in_words(text)
    if _BEYOND.search(words):
        return False
    if _CHEST.search(words):
        return True
    return False if _ELSEWHERE.search(words) else None
