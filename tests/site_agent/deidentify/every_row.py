"""A film that holds a secret in every attribute of PS3.15 Table E.1-1."""

from __future__ import annotations

from pydicom.datadict import dictionary_has_tag, dictionary_VR
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from site_agent.deidentify.header.profile import load_profile
from site_agent.deidentify.header.reading import quiet
from tests.site_agent.deidentify.chest_film import SOP_UID, chest_film, code, item

SECRET = "ZQREUTER"


def film_of_every_row() -> Dataset:
    """Plant in the film itself, and in sequences that are kept, two deep."""
    film, region = chest_film(), code("T-D3000", "SRT", "Chest")
    view = code("R-10214", "SRT", "postero-anterior")
    region.AnatomicRegionModifierSequence = Sequence([code("G-A138", "SRT", "Coronal")])
    for place in (film, view, region.AnatomicRegionModifierSequence[0]):
        with quiet():
            plant_every_row(place)
    film.ViewCodeSequence = Sequence([view])
    film.AnatomicRegionSequence = Sequence([region])
    film.SOPInstanceUID = SOP_UID
    return film


def plant_every_row(dataset: Dataset) -> None:
    """Put a secret into every attribute of Table E.1-1 that text or bytes can hold."""
    for tag in load_profile().rules:
        if tag >> 16 <= 4:
            continue
        vr = dictionary_VR(tag).split(" or ")[0] if dictionary_has_tag(tag) else "LO"
        value: object
        match vr:
            case "SQ":
                value = Sequence([item(PatientName=SECRET, TextValue=SECRET)])
            case "UI":
                value = "1.2.276.0.77.99"
            case "DA" | "DT":
                value = "19770707"
            case "TM":
                value = "070707.123"
            case "AS":
                value = "077Y"
            case "OB" | "OW" | "UN":
                value = SECRET.encode()
            case "IS" | "DS":
                value = "77007700"
            case "US" | "UL" | "FD" | "FL" | "SL":
                value = 7007
            case _:
                value = SECRET
        dataset[tag] = DataElement(tag, vr, value)
