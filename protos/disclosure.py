"""Statistical disclosure control: what an aggregate must not tell about a patient.

The policy, and what keeps each part of it:

=====================================================  =================================
The unit of counting is the patient.                   whoever counts; `fold` takes sets
At most two-way tables.                                the schema has no others
Every cell and every margin is rounded to a multiple   `tens`, on the true count of each
of 10 on its own, from the truth; none is the sum      cell and margin
of published cells.
Counts below 10 read "< 10", and true zeros too.       `tens`: both are 0
Exact counts cannot be published.                      the schema counts in tens
Age bands split at 18.                                 the schema's `AgeBand`
Groups of fewer than three contributors fold into      `fold`
"other".
No minimum, maximum or percentage of exact values.     the schema has none
A cell is published anew only after a change of 10,    not yet
at most once a month; a ledger of releases.
=====================================================  =================================

Why so strict: where counts below 10 are merely suppressed, exact margins give many of
them back, and subtracting two publications gives back every small change between them.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import TypeVar

THRESHOLD = 10
"""Smallest count of patients that is told from zero; also the rounding base."""

CONTRIBUTORS = 3
"""Fewest devices or persons that a group may rest on under its own name."""

G = TypeVar("G")


def tens(count: int) -> int:
    """Round a true count to the nearest ten, halves up, and give it in tens.

    Parameters
    ----------
    count : int
        Patients (or studies), 0 or more.

    Returns
    -------
    int
        0 reads "fewer than 10"; 3 reads "about 30".

    Raises
    ------
    ValueError
        When `count` is negative: something was subtracted, and must not be.
    """
    if count < 0:
        raise ValueError("a count cannot be negative")
    return 0 if count < THRESHOLD else (count + THRESHOLD // 2) // THRESHOLD


def fold(
    patients: Mapping[G, Set[str]], contributors: Mapping[G, Set[str]], other: G
) -> dict[G, set[str]]:
    """Fold groups that rest on fewer than three contributors into `other`.

    Parameters
    ----------
    patients : mapping
        Pseudonyms of the patients of each group. Sets, because a patient may be in
        several of the groups that fold, and must be counted once.
    contributors : mapping
        What each group rests on, e.g. the devices behind a vendor. A group that is
        missing here rests on nothing, and folds.
    other : group
        The group that takes them in; it never folds.
    """
    folded: dict[G, set[str]] = {}
    for group, members in patients.items():
        stands = len(contributors.get(group, ())) >= CONTRIBUTORS
        folded.setdefault(group if stands else other, set()).update(members)
    return folded
