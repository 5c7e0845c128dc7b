import pytest
from hypothesis import given
from hypothesis import strategies as st

from protos import disclosure


@pytest.mark.parametrize(
    ("count", "published"),
    [
        (0, 0),
        (1, 0),
        (9, 0),
        (10, 1),
        (14, 1),
        (15, 2),
        (24, 2),
        (25, 3),
        (40_000, 4000),
    ],
)
def test_count_is_published_in_tens_and_small_ones_not_at_all(
    count: int, published: int
) -> None:
    assert disclosure.tens(count) == published


@given(st.integers(min_value=10, max_value=10**6))
def test_rounding_moves_no_count_by_more_than_five(count: int) -> None:
    assert abs(disclosure.tens(count) * 10 - count) <= 5


@given(st.integers(min_value=0, max_value=10**6))
def test_larger_count_never_reads_smaller(count: int) -> None:
    assert disclosure.tens(count) <= disclosure.tens(count + 1)


def test_count_made_by_subtraction_is_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        disclosure.tens(-1)


def test_vendor_with_two_devices_folds_into_other() -> None:
    patients = {"AGFA": {"p1", "p2"}, "GE": {"p3"}}
    devices = {"AGFA": {"d1", "d2"}, "GE": {"d3", "d4", "d5"}}
    assert disclosure.fold(patients, devices, "OTHER") == {
        "OTHER": {"p1", "p2"},
        "GE": {"p3"},
    }


def test_patient_with_films_from_two_folded_vendors_is_counted_once() -> None:
    patients = {"AGFA": {"p1", "p2"}, "CANON": {"p1"}, "OTHER": {"p3"}}
    devices = {"OTHER": {"d1"}}
    assert disclosure.fold(patients, devices, "OTHER") == {"OTHER": {"p1", "p2", "p3"}}


groups = st.sampled_from("ABCDE")
people = st.sets(st.sampled_from(["p1", "p2", "p3", "p4"]))


@given(st.dictionaries(groups, people), st.dictionaries(groups, people))
def test_folding_loses_no_patient_and_names_no_small_group(
    patients: dict[str, set[str]], devices: dict[str, set[str]]
) -> None:
    folded = disclosure.fold(patients, devices, "E")
    assert set().union(*folded.values()) == set().union(*patients.values())
    assert all(
        len(devices[group]) >= disclosure.CONTRIBUTORS
        for group in folded
        if group != "E"
    )


def test_folding_leaves_the_given_groups_as_they_were() -> None:
    patients = {"OTHER": {"p1"}, "AGFA": {"p2"}}
    disclosure.fold(patients, {}, "OTHER")
    assert patients == {"OTHER": {"p1"}, "AGFA": {"p2"}}
