"""The runs of Flower on which this site takes part, and what was asked in each."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from flwr.proto.message_pb2 import Metadata
from flwr.proto.run_pb2 import Run
from flwr.supercore.constant import TaskType

from protos import bundle, update
from protos.training_pb2 import PermitTerms
from site_agent.errors import TrainingRefused
from site_agent.train.outgoing import Expected

ANSWERED = (update.TRAIN, update.EVALUATE, update.INITIAL_WEIGHTS)
"""The types of message that the ClientApp answers."""

Judge = Callable[[bytes], PermitTerms]
"""Gives the terms with this SHA-256, or raises `TrainingRefused` with all reasons."""


@dataclass
class PermittedRun:
    """A run and its permit.

    `asked` is the message under way, by its id; `offered` are the ids of its objects.
    `announced` are the objects of its reply with the reply's metadata, `session` is
    what the SuperLink calls their transfer.
    """

    digest: bytes
    terms: PermitTerms
    asked: dict[str, Metadata] = field(default_factory=dict)
    offered: frozenset[str] = frozenset()
    announced: dict[str, tuple[Expected, Metadata]] = field(default_factory=dict)
    session: str = ""

    @property
    def weights(self) -> int:
        """Number of weights of the permitted network."""
        return update.size(self.terms.training.network)


class Runs:
    """Knows every run that was judged and permitted since the gate began."""

    def __init__(self, judge: Judge) -> None:
        self._judge = judge
        self._lock = threading.Lock()
        self._runs: dict[int, PermittedRun] = {}

    def known(self, run_id: int) -> PermittedRun | None:
        """Return a run that was permitted before."""
        with self._lock:
            return self._runs.get(run_id)

    def permitted(self, run_id: int) -> PermittedRun:
        """Return a run that was permitted before; raises TrainingRefused if not."""
        run = self.known(run_id)
        if run is None:
            raise TrainingRefused("The run is not permitted here.")
        return run

    def take(self, run: Run) -> PermittedRun:
        """Judge what a run says that it is.

        Raises
        ------
        TrainingRefused
            When the run is not exactly what a permit of this site allows.
        """
        config = {
            key: value.string if value.WhichOneof("scalar") == "string" else None
            for key, value in run.override_config.items()
        }
        digest = bundle.terms_digest(config)
        if digest is None:
            raise TrainingRefused("The run's configuration is not that of one permit.")
        if run.fab_hash != bundle.digest().hex():
            raise TrainingRefused("The run is not on the bundle installed here.")
        if run.primary_task_type != TaskType.SERVER_APP:
            raise TrainingRefused("The run is not one of a ServerApp.")
        judged = PermittedRun(digest, self._judge(digest))
        with self._lock:
            known = self._runs.setdefault(run.run_id, judged)
        if known.digest != digest:
            raise TrainingRefused("The run's configuration has changed.")
        return known

    def require_offered(self, run_id: int, object_id: str) -> None:
        """Raise TrainingRefused if the message under way has no such object."""
        if object_id not in self.permitted(run_id).offered:
            raise TrainingRefused("The object was not offered to this site.")

    def admit(
        self, run: PermittedRun, asked: Metadata, offered: frozenset[str]
    ) -> None:
        """Take note of a message and its objects, if its run is permitted still.

        Raises
        ------
        TrainingRefused
            When it is not, or the ClientApp does not answer such a message.
        """
        run.terms = self._judge(run.digest)
        if asked.message_type not in ANSWERED:
            raise TrainingRefused("This site answers no messages of this type.")
        run.asked, run.announced = {asked.message_id: asked}, {}
        run.offered = offered | {asked.message_id}
