"""Titles, ranks and roles beside a name."""

from site_agent.deidentify.text.page import open_page
from site_agent.deidentify.text.ranks import is_rank, is_role, skip_titles


def test_titles_ranks_and_what_is_between_them_are_passed_over() -> None:
    assert skip_titles(open_page("prof. dr. med. weber"), 0) == 3
    assert skip_titles(open_page("Weber"), 0) == 0


def test_sentence_that_ends_with_a_rank_names_nobody_behind_it() -> None:
    page = open_page("Seen by the physician. Heart normal.", "en")
    assert skip_titles(page, 3) == len(page.words)


def test_word_of_a_rank_that_is_a_name_is_not_passed_over() -> None:
    assert skip_titles(open_page("Maj, K.", "sv"), 0) == 0
    assert skip_titles(open_page("Maj Lindgren", "sv"), 0) == 1


def test_roles_and_ranks_are_told_with_their_accents() -> None:
    page = open_page("Rust, PA, OÄ Frey, på", "sv")
    roles = [word for at, word in enumerate(page.words) if is_role(page, at)]
    ranks = [word for at, word in enumerate(page.words) if is_rank(page, at)]
    assert (roles, ranks) == (["PA"], ["OÄ"])
