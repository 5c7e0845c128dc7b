"""Names of hospitals that are words of medicine or of daily language too."""

import pytest

from site_agent.deidentify.text.page import open_page
from site_agent.deidentify.text.places import find_houses


def houses(text: str, language: str) -> list[str]:
    return [
        text[span.start : span.end] for span in find_houses(open_page(text, language))
    ]


@pytest.mark.parametrize(
    ("language", "house"),
    [
        ("en", "Parent Medical Center"),
        ("en", "Page Memorial Hospital"),
        ("en", "Raynaud General Hospital"),
        ("en", "St. June's Hospital"),
        ("it", "OSPEDALE MAGGIORE DI SAN COLOMBANO"),
        ("it", "Ospedale di Case Perrone"),
        ("es", "HOSPITAL NUESTRA SEÑORA DEL PINAR"),
        ("pl", "Szpital Miejski Kościerzyna"),
        ("fr", "Hôpital Francillon"),
        ("fr", "CLINIQUE DU BON SECOURS DE CHAUDET-DESSUS"),
    ],
)
def test_house_goes_with_all_words_of_its_name(language: str, house: str) -> None:
    assert houses(f"12: {house}.", language) == [house]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Transferred to the University Medical Center."),
        ("en", "Admitted to the general hospital."),
        ("en", "HEART NORMAL. HOSPITAL COURSE."),
        ("de", "Aus der Thoraxchirurgischen Klinik."),
        ("fr", "Cardiomégalie. Hôpital de jour."),
    ],
)
def test_house_without_a_name_stays(language: str, text: str) -> None:
    assert houses(text, language) == []
