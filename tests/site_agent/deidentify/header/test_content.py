"""Structured content and drawings keep their form and lose what identifies."""

from __future__ import annotations

import io

import pydicom
import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import BasicTextSRStorage

from site_agent.deidentify.header.content import Item, special
from site_agent.deidentify.header.options import Dates, Option, Options
from site_agent.deidentify.header.reading import quiet
from tests.site_agent.deidentify.both_ways import PSEUDONYMS, as_bytes, by_both
from tests.site_agent.deidentify.chest_film import (
    SOP_UID,
    again,
    chest_film,
    code,
    item,
)

CONTENT = Option.CLEAN_STRUCTURED_CONTENT
ROLE, REPORTED = code("121011", "DCM", "Role"), code("121071", "DCM", "Finding")


def content_item(kind: str, concept: Dataset, **value: object) -> Dataset:
    return item(ValueType=kind, ConceptNameCodeSequence=Sequence([concept]), **value)


def years(value: str, unit: str = "a") -> Dataset:
    units = code(unit, "UCUM", "year")
    measured = item(NumericValue=value, MeasurementUnitsCodeSequence=Sequence([units]))
    return content_item(
        "NUM",
        code("121033", "DCM", "Subject Age"),
        MeasuredValueSequence=Sequence([measured]),
    )


def report() -> Dataset:
    """Make a structured report that tells who, when and what was found."""
    finding = content_item("TEXT", REPORTED, TextValue="Pleural effusion left, Reuter")
    container = content_item("CONTAINER", code("121070", "DCM", "Findings"))
    container.ContentSequence = Sequence([finding])
    sop = item(
        ReferencedSOPClassUID="1.2.840.10008.5.1.4.1.1.1.1",
        ReferencedSOPInstanceUID=SOP_UID,
    )
    return chest_film(
        SOPClassUID=BasicTextSRStorage,
        Modality="SR",
        ContentSequence=Sequence(
            [
                content_item(
                    "PNAME",
                    code("121008", "DCM", "Person Observer Name"),
                    PersonName="Krebs^Jose",
                ),
                content_item("PNAME", ROLE, PersonName="Ruppert^Bastian"),
                content_item(
                    "TEXT",
                    code("121022", "DCM", "Accession Number"),
                    TextValue="RX72944254",
                ),
                content_item(
                    "DATE", code("111060", "DCM", "Study Date"), Date="20170815"
                ),
                content_item(
                    "IMAGE",
                    code("121112", "DCM", "Source of Measurement"),
                    ReferencedSOPSequence=Sequence([sop]),
                ),
                content_item(
                    "CODE",
                    REPORTED,
                    ConceptCodeSequence=Sequence(
                        [code("60046008", "SCT", "Pleural effusion")]
                    ),
                ),
                years("93"),
                container,
            ]
        ),
    )


def cleaned(film: Dataset, options: Options) -> Dataset:
    content = as_bytes(again(film))
    result = by_both(content, options)
    for name in (b"Reuter", b"Krebs", b"Ruppert", b"RX72944254", b"20170815"):
        assert name not in result
    with quiet():
        return pydicom.dcmread(io.BytesIO(result))


def test_without_the_option_content_is_a_dummy() -> None:
    assert len(cleaned(report(), Options()).ContentSequence) == 1


def test_findings_stay_and_what_identifies_goes_at_every_depth() -> None:
    content = cleaned(report(), Options().including(CONTENT)).ContentSequence
    kinds = [each.ValueType for each in content]
    assert kinds == ["PNAME", "DATE", "IMAGE", "CODE", "CONTAINER"]
    # The table's D: a template may ask for the observer, and for the date.
    assert (content[0].PersonName, content[1].Date) == ("REMOVED", "19000101")
    reference = content[2].ReferencedSOPSequence[0].ReferencedSOPInstanceUID
    assert reference == PSEUDONYMS.uid(SOP_UID)
    assert content[3].ConceptCodeSequence[0].CodeMeaning == "Pleural effusion"
    assert content[4].ContentSequence[0].TextValue == "REMOVED"
    described = Options().including(CONTENT, Option.CLEAN_DESCRIPTORS)
    content = cleaned(report(), described).ContentSequence
    assert content[4].ContentSequence[0].TextValue == "Pleural effusion left"


def test_other_options_keep_what_they_are_for() -> None:
    options = Options(Dates.SHIFT).including(
        CONTENT, Option.UIDS, Option.PATIENT_CHARACTERISTICS
    )
    content = cleaned(report(), options).ContentSequence
    by_kind = {each.ValueType: each for each in content}
    assert by_kind["NUM"].MeasuredValueSequence[0].NumericValue == 90
    assert by_kind["DATE"].Date < "20170815"
    reference = by_kind["IMAGE"].ReferencedSOPSequence[0].ReferencedSOPInstanceUID
    assert reference == SOP_UID


@pytest.mark.parametrize(
    ("value", "unit", "stays"), [("89", "a", "89"), ("90.5", "a", "90")]
)
def test_age_in_years_is_banded(value: str, unit: str, stays: str) -> None:
    options = Options().including(CONTENT, Option.PATIENT_CHARACTERISTICS)
    film = report()
    film.ContentSequence = Sequence([years(value, unit)])
    content = cleaned(film, options).ContentSequence
    assert content[0].MeasuredValueSequence[0].NumericValue == float(stays)


def test_age_in_other_units_is_not_compared_and_goes() -> None:
    age = Item(value_type="NUM", code="121033", scheme="DCM", units="mo")
    options = Options().including(CONTENT, Option.PATIENT_CHARACTERISTICS)
    assert special(age, options) is None


def test_acquisition_context_of_a_film_stays_with_the_option() -> None:
    context = content_item(
        "CODE",
        REPORTED,
        ConceptCodeSequence=Sequence([code("C1", "99SEBNITZ", "Reuter")]),
    )
    film = chest_film(AcquisitionContextSequence=Sequence([context]))
    after = cleaned(film, Options().including(CONTENT)).AcquisitionContextSequence
    assert after[0].ConceptCodeSequence[0].CodeMeaning == "REMOVED"
    assert cleaned(film, Options()).AcquisitionContextSequence == []


def test_drawing_keeps_its_shapes_and_no_text_or_handwriting() -> None:
    def drawn(shape: str, *numbers: float) -> Dataset:
        return item(
            GraphicAnnotationUnits="PIXEL",
            GraphicDimensions=2,
            NumberOfGraphicPoints=len(numbers) // 2,
            GraphicData=list(numbers),
            GraphicType=shape,
            GraphicFilled="N",
        )

    annotation = item(
        GraphicLayer="LAYER1",
        TextObjectSequence=Sequence([item(UnformattedTextValue="Reuter, left lung")]),
        GraphicObjectSequence=Sequence(
            [drawn("CIRCLE", 1, 2, 3, 4), drawn("POLYLINE", 1, 2, 3, 4, 5, 6)]
        ),
        CompoundGraphicSequence=Sequence([item(GraphicData=[1.0, 2.0])]),
    )
    film = chest_film(GraphicAnnotationSequence=Sequence([annotation]))
    graphics = Options().including(Option.CLEAN_GRAPHICS)
    (after,) = cleaned(film, graphics).GraphicAnnotationSequence
    assert [each.GraphicType for each in after.GraphicObjectSequence] == ["CIRCLE"]
    assert after.TextObjectSequence[0].UnformattedTextValue == "REMOVED"
    assert "CompoundGraphicSequence" not in after
    described = graphics.including(Option.CLEAN_DESCRIPTORS)
    (after,) = cleaned(film, described).GraphicAnnotationSequence
    assert after.TextObjectSequence[0].UnformattedTextValue == "left lung"
