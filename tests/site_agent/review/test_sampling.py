"""A sample follows from the studies and the seed, and says what it can say."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from site_agent.review.sampling import Film, draw, most_affected

FILMS = [
    Film(f"S{number:04}", "primary.dcm", f"{number:064x}") for number in range(300)
]
ROOT = bytes(32)


def test_same_films_and_seed_give_the_same_sample_in_whatever_order() -> None:
    one = draw(FILMS, root=ROOT, seed="may", size=20)
    other = draw(reversed(FILMS), root=ROOT, seed="may", size=20)
    assert one == other
    assert one.id == other.id
    assert len(set(one.films)) == 20


def test_other_seed_or_other_studies_give_another_sample() -> None:
    drawn = [
        draw(FILMS, root=ROOT, seed="may", size=20),
        draw(FILMS, root=ROOT, seed="june", size=20),
        draw(FILMS, root=bytes([1] * 32), seed="may", size=20),
    ]
    assert len({each.films for each in drawn}) == len({each.id for each in drawn}) == 3


def test_larger_sample_goes_on_from_the_smaller() -> None:
    small = draw(FILMS, root=ROOT, seed="", size=10)
    assert draw(FILMS, root=ROOT, seed="", size=40).films[:10] == small.films


def test_no_more_films_than_there_are() -> None:
    assert set(draw(FILMS[:3], root=ROOT, seed="", size=100).films) == set(FILMS[:3])


def test_every_film_has_the_same_chance() -> None:
    counts = dict.fromkeys(FILMS[:10], 0)
    for seed in range(2000):
        for film in draw(FILMS[:10], root=ROOT, seed=str(seed), size=3).films:
            counts[film] += 1
    assert all(500 < count < 700 for count in counts.values())


@pytest.mark.parametrize(
    ("looked_at", "found", "most"),
    # 1 - 0.05 ** (1 / n) for none; the others from tables of Clopper and Pearson.
    [(59, 0, 0.0495), (100, 0, 0.0295), (100, 1, 0.0466), (10, 10, 1.0)],
)
def test_bound_is_that_of_clopper_and_pearson(
    looked_at: int, found: int, most: float
) -> None:
    assert most_affected(looked_at, found) == pytest.approx(most, abs=1e-4)


@given(st.integers(1, 60), st.data())
def test_bound_is_above_what_was_seen_and_falls_with_more_films(
    looked_at: int, data: st.DataObject
) -> None:
    found = data.draw(st.integers(0, looked_at))
    bound = most_affected(looked_at, found)
    assert found / looked_at <= bound <= 1
    assert most_affected(looked_at + 1, found) <= bound + 1e-8
