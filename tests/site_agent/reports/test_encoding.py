"""Texts come in the encodings that hospitals' systems have."""

from __future__ import annotations

import codecs
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from site_agent.reports.encoding import decode, open_text

GERMAN = "Höfig: Größe der Ergüsse 5 mm - kein Befund, keine Stauung."
POLISH = "Płuca bez zmian ogniskowych. Wnęki niepowiększone, serce w normie, łąki źle."
RUSSIAN = "Лёгкие без очаговых теней. Сердце не увеличено; синусы свободны, mm."
FRENCH = "Silhouette cœur normale. Pas d'œdème, d'épanchement ; « index » à 0,5."
ARABIC = "لا يوجد انصباب جنبي. القلب طبيعي الحجم والرئتان صافيتان."
HEBREW = "אין תפליט. הלב תקין בגודלו."


@pytest.mark.parametrize("text", [GERMAN, POLISH, RUSSIAN, FRENCH, ARABIC, HEBREW])
@pytest.mark.parametrize(
    "codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]
)
def test_unicode_is_told_with_and_without_byte_order_mark(
    text: str, codec: str
) -> None:
    assert decode(text.encode(codec)) == text


@pytest.mark.parametrize(
    ("text", "codec"),
    [
        (GERMAN, "latin-1"),
        (GERMAN + " 5 €, “so”", "cp1252"),
        (FRENCH, "cp1252"),
        (POLISH, "cp1250"),
        (POLISH, "iso8859-2"),
        (RUSSIAN, "cp1251"),
        ("Volumen 5 cm³, 3 m². ¿Derrame?", "cp1252"),
    ],
)
def test_older_systems_write_code_pages(text: str, codec: str) -> None:
    assert decode(text.encode(codec)) == text


def test_stray_byte_does_not_spoil_the_utf_8_around_it() -> None:
    data = "Höfig ".encode() + "Größe".encode("latin-1") + " Ergüsse".encode()
    assert decode(data) == "Höfig Größe Ergüsse"


def test_byte_order_mark_and_a_stray_byte() -> None:
    assert decode(codecs.BOM_UTF8 + b"Gr\xf6\xdfe") == "Größe"


@pytest.mark.parametrize(
    "text", ["", "a", "No eff\0usion.", "ab\0\0\0\0", "\0", "No.\0" * 3]
)
def test_few_zeros_do_not_make_utf_16(text: str) -> None:
    assert decode(text.encode()) == text


def test_long_file_is_decoded_piece_by_piece(tmp_path: Path) -> None:
    text = "".join(f"{n} Größe\n" for n in range(150_000))
    file = tmp_path / "long.csv"
    file.write_bytes(text.encode("latin-1"))
    with open_text(file) as opened:
        assert opened.read() == text


def test_sample_may_end_within_a_character(tmp_path: Path) -> None:
    text = "x" * ((1 << 20) - 1) + "ö Łódź"
    file = tmp_path / "long.txt"
    file.write_text(text, "utf-8")
    with open_text(file) as opened:
        assert opened.read() == text


@given(st.binary(max_size=400))
def test_no_bytes_are_refused(data: bytes) -> None:
    decode(data)


@given(st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0")))
def test_valid_utf_8_is_given_as_it_is(text: str) -> None:
    assert decode(text.encode()) == text.removeprefix("\ufeff")
