"""Where a known name counts, and where a word is only a word."""

from site_agent.deidentify.text.identifiers import KnownIdentifiers
from site_agent.deidentify.text.known_names import find_known_names
from site_agent.deidentify.text.names import PersonName
from site_agent.deidentify.text.page import open_page


def found(
    text: str, *names: PersonName, common: frozenset[str] = frozenset()
) -> list[str]:
    known = KnownIdentifiers(names=frozenset(names), common=common)
    return sorted(
        {text[s.start : s.end] for s in find_known_names(open_page(text), known)}
    )


def test_family_name_of_four_letters_counts_with_a_capital_only() -> None:
    hoz = PersonName("Hoz", ("Roberto",))
    assert found("Hoz saw hoz.", hoz) == ["Hoz"]


def test_halves_count_together_in_lower_case() -> None:
    assert found("seen by ute klein", PersonName("Klein", ("Ute",))) == ["ute klein"]


def test_halves_in_different_sentences_are_no_name() -> None:
    small = PersonName("Small", ("Grace",))
    assert found("small effusion with good grace", small) == []


def test_word_in_a_text_of_capitals_is_a_word() -> None:
    assert found("STABLE SMALL EFFUSION", PersonName("Small", ("Grace",))) == []


def test_name_of_the_devices_maker_counts_only_with_its_half() -> None:
    canon = PersonName("Canon", ("Ada",))
    text = "Canon film. Ada Canon was here."
    assert found(text, canon, common=frozenset({"canon"})) == ["Ada", "Ada Canon"]


def test_name_inside_a_word_is_none() -> None:
    assert found("Bergen lies in a Bergwerk", PersonName("Berg", ("Ulf",))) == []


def test_nobody_is_found_where_nobody_is_known() -> None:
    assert found("Anna Weber") == []
