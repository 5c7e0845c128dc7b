"""Placeholders in the place of what was found."""

from hypothesis import given
from hypothesis import strategies as st

from site_agent.deidentify.text.spans import (
    Category,
    Span,
    begins_sentence,
    merge,
    replace,
)


def test_overlapping_spans_take_the_name_of_the_longest() -> None:
    spans = [Span(0, 4, Category.DATE, "a"), Span(2, 10, Category.NAME, "b")]
    assert list(merge(spans)) == [Span(0, 10, Category.NAME, "b")]


def test_neighbouring_spans_stay_apart() -> None:
    spans = [Span(0, 3, Category.DATE, "a"), Span(3, 5, Category.ID, "b")]
    assert replace("abcde!", spans) == "[DATE][ID]!"


_SPANS = st.lists(
    st.tuples(st.integers(0, 30), st.integers(1, 10)).map(
        lambda pair: Span(pair[0], pair[0] + pair[1], Category.ID, "x")
    )
)


@given(st.text("abc", min_size=40, max_size=60), _SPANS)
def test_what_no_span_covers_stays(text: str, spans: list[Span]) -> None:
    covered = {place for span in spans for place in range(span.start, span.end)}
    kept = "".join(c for place, c in enumerate(text) if place not in covered)
    assert replace(text, merge(spans)).replace("[ID]", "") == kept


def test_beginning_of_a_sentence() -> None:
    text = "Clear. Small effusion, small heart.\n- Large one"
    assert begins_sentence(text, text.index("Small"))
    assert begins_sentence(text, text.index("Large"))
    assert not begins_sentence(text, text.index("small"))
