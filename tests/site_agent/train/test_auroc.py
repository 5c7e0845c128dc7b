import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from site_agent.train.auroc import auroc, told


def pairwise(scores, positive):
    wins = [
        (yes > no) + (yes == no) / 2
        for yes in scores[positive]
        for no in scores[~positive]
    ]
    return float(np.mean(wins))


@given(
    st.lists(
        st.tuples(st.integers(-3, 3), st.booleans()), min_size=2, max_size=40
    ).filter(lambda rows: 0 < sum(yes for _, yes in rows) < len(rows))
)
def test_rank_form_equals_the_share_of_pairs_won(rows):
    scores = np.array([score for score, _ in rows], dtype=np.float64)
    positive = np.array([yes for _, yes in rows])
    assert auroc(scores, positive) == pytest.approx(pairwise(scores, positive))


def test_perfect_reversed_and_blind_scores():
    positive = np.array([False, False, True, True])
    assert auroc(np.array([0.1, 0.2, 0.3, 0.4]), positive) == 1.0
    assert auroc(np.array([0.4, 0.3, 0.2, 0.1]), positive) == 0.0
    assert auroc(np.zeros(4), positive) == 0.5


def test_one_kind_only_has_no_auroc():
    with pytest.raises(ValueError, match="positives and negatives"):
        auroc(np.array([0.1, 0.2]), np.array([True, True]))


def test_score_that_is_not_a_number_is_refused():
    with pytest.raises(ValueError, match="not a number"):
        auroc(np.array([0.1, np.nan]), np.array([True, False]))


def figure(positives, negatives, studies_each=1):
    patients = [f"P{number}" for number in range(positives + negatives)] * studies_each
    positive = np.array(([True] * positives + [False] * negatives) * studies_each)
    scores = np.random.default_rng(1).normal(size=len(patients)) + positive
    return told(scores, positive, patients)


def test_ten_patients_of_each_kind_are_enough():
    assert figure(10, 10) == round(figure(10, 10), 2)


def test_nine_patients_are_too_few_to_tell():
    assert figure(9, 40) is None
    assert figure(40, 9) is None


def test_many_studies_of_few_patients_are_still_few_patients():
    assert figure(9, 9, studies_each=5) is None
