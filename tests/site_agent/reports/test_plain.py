"""Plain text comes out of what systems left behind, and knows where it came from."""

from __future__ import annotations

import html

import pytest
from hypothesis import given
from hypothesis import strategies as st

from site_agent.reports.edits import Edit, Plain, edited
from site_agent.reports.plain import plain


@pytest.mark.parametrize(
    "text",
    [
        "",
        "No effusion.\r\nHeart: normal.\n",
        "SpO2 < 90 %, nodule <5 mm and >3 mm; a<b and c>d.",
        "R&D; M&M&Q, T\\L spine, and\\or, C:\\temp.",
        "לב תקין. אין תפליט.",
        "Größe: 5 cm³, “so”.",
    ],
)
def test_text_without_remains_is_given_as_it_is(text: str) -> None:
    assert plain(text) == Plain(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("No effusion.<br>Heart <b>nor</b>mal.", "No effusion.\nHeart normal."),
        ("<p class='x'>One</p><P>Two</P>", "\nOne\n\nTwo\n"),
        ("a<td>b</td><o:p></o:p>c", "a b c"),
        ("&lt;br/&gt;One &lt; 5 &amp; Gr&ouml;&szlig;e&nbsp;&#8217;&#x41;", None),
        ("<style>p {x: 1}</style>One<!-- <b>two --> three", "One three"),
        ("<!DOCTYPE html><html>One", "\n\nOne"),
        ("One <!-- two", "One  two"),
        (r"One\.br\two \T\ three \H\four\N\.", "One\ntwo & three four."),
        (r"One\par two Gr\'f6\'dfe\tab \b0 three", None),
        (r"One\r\ntwo\nthree \u00e4 \ud83d", "One\ntwo\nthree ä \ufffd"),
        ("One\x0btwo\x0cthree\rfour\u2028five", "One\ntwo\nthree\nfour\nfive"),
        ("No\0 effu\u00adsion\u200b\ufeff \x01x", "No effusion  x"),
        ("\x93so\x94", "“so”"),
        ("u\u0308ber \ufb01brosis", "über fibrosis"),
        ("\u202eNo effusion\u202c", "No effusion"),
    ],
)
def test_remains_become_what_they_stand_for(text: str, expected: str | None) -> None:
    known = {
        "&": "\nOne < 5 & Größe\xa0\u2019A",
        "O": "One\ntwo Größe three",
    }
    found = plain(text).text
    assert found == (known[text[0]] if expected is None else expected)


def test_document_in_rtf() -> None:
    text = (
        r"{\rtf1\ansi\ansicpg1250\deff0{\fonttbl{\f0 Arial;}{\f1 Symbol;}}"
        "\r\n"
        r"{\colortbl;\red0;}{\info{\author Gundula H\'f6fig}}{\*\generator Word;}"
        r"\viewkind4\uc1\pard\f0\fs20 P\'b3uca bez zmian.\par"
        r"\b Serce\b0  \u322?\u-3913?"
        "\r\n"
        r"\{5\~mm\}\line{\field{\*\fldinst PAGE}{\fldrslt 1}}\endash x\par}"
        "\0"
    )
    found = plain(text)
    assert found.text == "Płuca bez zmian.\nSerce ł\uf0b7{5 mm}\n1\u2013x\n"
    start = found.text.index("Płuca")
    assert text[slice(*found.original(start, start + 5))] == r"P\'b3uca"


@pytest.mark.parametrize(
    "text",
    [
        r"{\rtf1 No effusion",
        r"{\rtf1 No effusion}}}}}",
        r"{\rtf1 {{{{ No effusion",
        r"{\rtf1\bin99999999 No effusion",
        r"{\rtf1\ansicpg99999 No effusion\'zz\u99999999999 \uc-5}",
        "{\\rtf1" + "{" * 100_000,
        "{\\rtf1" + r"\'" * 100_000,
    ],
)
def test_broken_rtf_is_read_as_far_as_it_goes(text: str) -> None:
    found = plain(text).text
    assert "No effusion" in found or "No effusion" not in text or "bin" in text


def test_place_of_a_finding_in_the_original() -> None:
    text = "<p>No pleural&nbsp;effu<b>sion</b>.</p>"
    found = plain(text)
    start = found.text.index("pleural")
    first, last = found.original(start, start + len("pleural effusion"))
    assert text[first:last] == "pleural&nbsp;effu<b>sion"
    assert found.original(start, start) == (first, first)


def test_text_that_goes_altogether() -> None:
    assert plain("<b></b>").text == ""
    assert plain("\0\0").original(0, 0) == (0, 0)


REMAINS = [
    *(
        "<br>",
        "<b>",
        "&amp;",
        "&lt;p>",
        "<!--",
        "-->",
        "<style>",
        "</style>",
        "<![",
        "<",
    ),
    *("&", "&#1", "\\", "\\'e4", "\\u", "\\par", "\\.br", "{\\rtf1", "{", "}"),
    *("\0", "\r", "\x85", "e\u0301", "\ufb01"),
]
PIECES = st.lists(
    st.one_of(st.text(max_size=5), st.sampled_from(REMAINS)), max_size=12
).map("".join)


@given(PIECES)
def test_every_span_has_its_place_and_order_is_kept(text: str) -> None:
    found = plain(text)
    places = [found.original(n, n + 1) for n in range(len(found.text))]
    assert all(0 <= start < end <= len(text) for start, end in places)
    assert places == sorted(places)
    if found.runs:
        for (run, start, end), place in zip(found.runs, found.runs, strict=True):
            if not end and run < len(found.text):
                assert found.text[place[0]] == text[start]


@given(st.text(st.characters(exclude_categories=("Cs", "Cc", "Cf", "Mn", "Lo"))))
def test_what_html_escaped_comes_back(text: str) -> None:
    if plain(text) == Plain(text):
        assert plain(html.escape(text)).text == text


def test_edits_without_any_change_nothing() -> None:
    assert edited("abc", []) == Plain("abc")
    assert edited("abc", [Edit(0, 3, "")]).text == ""


@pytest.mark.parametrize("piece", [*REMAINS, "{\\rtf1 {", "<b ", "&lt;p "])
def test_long_text_of_anything_ends(piece: str) -> None:
    """Each takes a moment; if costs grew with the square, none would end."""
    assert len(plain(piece * (200_000 // len(piece))).text) <= 400_000
