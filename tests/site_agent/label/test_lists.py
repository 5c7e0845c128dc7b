"""Lists that one word holds together, and items that stand for themselves."""

import pytest

from tests.site_agent.label.said import said


@pytest.mark.parametrize(
    ("language", "text", "assertions"),
    [
        ("de", "Infiltrat, Erguss und Stauung verschwunden.", "000"),
        ("de", "Infiltrat, Erguss und Stauung nicht auszuschließen.", "???"),
        ("de", "Erguss links, Infiltrat und Stauung nicht auszuschließen.", "1??"),
        ("de", "Erguss, Drainage und Tubus entfernt.", "100"),
        ("ru", "Ателектазы, очаги и переломы не выявлены.", "000"),
        ("ru", "Затемнения, узлы, застой не определяются.", "000"),
        ("ru", "Ателектаз, переломы не выявлены.", "10"),
        ("pl", "Zagęszczenia, płyn i odma ustąpiły.", "000"),
        ("en", "Effusion, cardiomegaly and possible edema.", "11?"),
        ("en", "Possible atelectasis, consolidation or effusion.", "???"),
    ],
)
def test_verb_governs_bare_items_that_and_joins(
    language: str, text: str, assertions: str
) -> None:
    assert said(text, language) == assertions


@pytest.mark.parametrize(
    ("language", "text", "assertions"),
    [
        ("pl", "Bez odmy, płyn i niedodma.", "011"),
        ("pl", "Bez niedodmy, płynu i odmy.", "000"),
        ("pl", "Brak dowodów na niedodmę, płyn i odmę.", "000"),
        ("pl", "Prawdopodobne zagęszczenia, płyn i odma.", "???"),
        ("ru", "Пневмоторакса нет, ателектаз.", "01"),
        ("ru", "Отсутствуют ателектазы, очаги и переломы.", "000"),
        ("ru", "Видимо, инфильтраты, пневмоторакса нет.", "?0"),
    ],
)
def test_nominative_is_there_unless_its_list_is_held(
    language: str, text: str, assertions: str
) -> None:
    assert said(text, language) == assertions


def test_line_described_at_length_is_no_item_of_a_denied_list() -> None:
    text = "ЦВК через правую яремную вену, конец виден в ВПВ, пневмоторакса нет."
    assert said(text, "ru") == "10"
