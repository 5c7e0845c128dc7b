"""What a permit leaves to be sent: bytes, and replies of each type.

A permit is good for one run of so many rounds. The coordinator says what a run is, and
could start a second one, or a hundred, on the same permit; so nothing is counted by
run. What has left is counted by plan, and taken from the egress ledger, so that it
holds over a restart.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from protos import update
from protos.training_pb2 import PermitTerms
from site_agent.egress import Ledger
from site_agent.errors import TrainingRefused

WEIGHTS, METRICS, REPLY = "weights", "metrics", "reply"
"""Kinds of the ledger's entries: pieces of weights, figures, and what frames them."""

REPLIES: Mapping[str, str] = {
    update.TRAIN: "reply-train",
    update.EVALUATE: "reply-evaluate",
}
"""The kind of entry that announces a reply, by the type of the message: one a round."""

_COUNTED = (WEIGHTS, METRICS, REPLY, *REPLIES.values())


@dataclass
class _Spent:
    size: int
    entries: Counter[str]


class Allowance:
    """Keeps every plan within its permit. Safe for several threads."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._lock = threading.Lock()
        self._plans: dict[str, _Spent] = {}

    def require_reply(self, terms: PermitTerms, message_type: str) -> None:
        """Tell before a study is read whether the reply could leave.

        Raises
        ------
        TrainingRefused
            When as many replies of this type have left as the plan has rounds.
        """
        kind = REPLIES.get(message_type, REPLY)
        with self._lock:
            _require_round(terms, kind, self._spent(terms.plan))

    def take(self, terms: PermitTerms, kind: str, size: int) -> None:
        """Count `size` bytes of an entry that is about to be written and sent.

        Raises
        ------
        TrainingRefused
            When the permit leaves no room for it; it is not counted then.
        """
        with self._lock:
            spent = self._spent(terms.plan)
            _require_round(terms, kind, spent)
            if spent.size + size > terms.upload_limit:
                raise TrainingRefused("The permit's upload limit is reached.")
            spent.size += size
            spent.entries[kind] += 1

    def _spent(self, plan: str) -> _Spent:
        if plan not in self._plans:
            left = [
                entry
                for kind in _COUNTED
                for entry in self._ledger.entries(kind)
                if entry.run == plan
            ]
            self._plans[plan] = _Spent(
                sum(entry.size for entry in left),
                Counter(entry.kind for entry in left),
            )
        return self._plans[plan]


def _require_round(terms: PermitTerms, kind: str, spent: _Spent) -> None:
    if kind in REPLIES.values() and spent.entries[kind] >= terms.training.rounds:
        raise TrainingRefused(
            f"The permit is for {terms.training.rounds} rounds, and as many have left."
        )
