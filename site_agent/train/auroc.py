"""The area under the ROC curve: exact, and only where it may be told.

An AUROC of few patients tells about single ones. A figure leaves the site only when it
rests on at least ten patients with the finding and ten without, all of them in the
local hold-out, and rounded to 0.01.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from protos.disclosure import THRESHOLD


def auroc(scores: NDArray[np.floating], positive: NDArray[np.bool_]) -> float:
    """Probability that a positive scores above a negative, ties counting half.

    Mann and Whitney's U over the number of pairs, from mid-ranks.

    Parameters
    ----------
    scores : ndarray, shape (n,)
        Any finite numbers; higher means more likely positive.
    positive : ndarray of bool, shape (n,)
        The truth, with at least one of each kind.

    Raises
    ------
    ValueError
        When all are positive or all are negative, or a score is not finite.
    """
    positives = int(positive.sum())
    negatives = positive.size - positives
    if not positives or not negatives:
        raise ValueError("AUROC needs positives and negatives")
    if not np.isfinite(scores).all():
        raise ValueError("a score is not a number")
    _, place, ties = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = np.cumsum(ties) - (ties - 1) / 2
    total = float(ranks[place][positive].sum())
    return (total - positives * (positives + 1) / 2) / (positives * negatives)


def told(
    scores: NDArray[np.floating],
    positive: NDArray[np.bool_],
    patients: Sequence[str],
) -> float | None:
    """AUROC rounded to 0.01, or None where too few patients stand behind it.

    Parameters
    ----------
    scores, positive : ndarray, shape (n,)
        As for `auroc`.
    patients : sequence of str, length n
        Whose each is. A patient counts once among the positives and once among the
        negatives, however many studies there are.
    """
    with_finding = {whose for whose, yes in zip(patients, positive, strict=True) if yes}
    without = {whose for whose, yes in zip(patients, positive, strict=True) if not yes}
    if min(len(with_finding), len(without)) < THRESHOLD:
        return None
    return round(auroc(scores, positive), 2)
