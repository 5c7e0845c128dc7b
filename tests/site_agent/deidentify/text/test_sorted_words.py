"""Words found in a text that has one on each line."""

from hypothesis import given
from hypothesis import strategies as st

from site_agent.deidentify.text.sorted_words import SortedWords

_WORDS = st.text(st.sampled_from("abcß"), min_size=1, max_size=6)


@given(st.sets(_WORDS), st.sets(_WORDS))
def test_word_is_found_when_it_is_listed_and_else_not(
    listed: set[str], others: set[str]
) -> None:
    found = SortedWords("".join(f"{word}\n" for word in sorted(listed)))
    assert all(word in found for word in listed)
    assert not any(word in found for word in others - listed)


def test_words_of_a_list_of_many_blocks_are_found_at_their_edges() -> None:
    listed = [f"w{number:05}" for number in range(0, 4000, 2)]
    found = SortedWords("\n".join([*listed, ""]))
    assert all(word in found for word in listed)
    assert not any(f"w{number:05}" in found for number in range(1, 4000, 2))


def test_part_of_a_word_and_nothing_are_not_listed() -> None:
    found = SortedWords("pleura\npleural\n")
    for word in ("", "pleur", "leura", "pleurala", "z"):
        assert word not in found
