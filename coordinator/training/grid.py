"""Flower's Grid as one plan sees it: its own sites, with deadlines, asked promptly."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Mapping

from flwr.app import Message, RecordDict
from flwr.serverapp import Grid
from flwr.supercore.run import Run

from coordinator.errors import CoordinatorError

_POLL_SECONDS = 0.3
"""Flower's own Grid asks every three seconds."""


class TrainingFailed(CoordinatorError):
    """The run cannot go on; the message is what the run is recorded with."""

    code = "training-failed"


class PlanGrid(Grid):
    """Shows only the nodes of a plan's sites, and waits for no one for ever.

    Parameters
    ----------
    grid
        Flower's own.
    sites
        The sites that train.
    nodes
        Gives the site of every bound node; asked again while sites are missing.
    minimum
        Fewest sites that a round may have.
    patience
        Seconds to wait for sites that are not there.
    """

    def __init__(
        self,
        grid: Grid,
        *,
        sites: Collection[str],
        nodes: Callable[[], Mapping[int, str]],
        minimum: int,
        patience: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._grid = grid
        self._sites = frozenset(sites)
        self._nodes = nodes
        self._minimum = minimum
        self._patience = patience
        self._clock = clock
        self._waiting_since: float | None = None
        self._asked: dict[str, str] = {}

    def online(self) -> dict[int, str]:
        """Return the nodes that are there now, one for each site, by their number."""
        bound = self._nodes()
        there = sorted(set(self._grid.get_node_ids()) & bound.keys())
        return {
            node: site
            for site, node in {bound[node]: node for node in there}.items()
            if site in self._sites
        }

    def wait_for_all(self) -> dict[int, str]:
        """Wait until all sites are there, or for as long as patience lasts.

        Raises
        ------
        TrainingFailed
            When fewer than the minimum came.
        """
        begin = self._clock()
        while len(found := self.online()) < len(self._sites):
            if self._clock() - begin >= self._patience:
                break
            time.sleep(1)
        if len(found) < self._minimum:
            raise TrainingFailed(self._too_few(found))
        return found

    def get_node_ids(self) -> Iterable[int]:
        """Return what `online` does; raises TrainingFailed when that stays too few."""
        found = self.online()
        if len(found) >= self._minimum:
            self._waiting_since = None
        elif self._waiting_since is None:
            self._waiting_since = self._clock()
        elif self._clock() - self._waiting_since >= self._patience:
            raise TrainingFailed(self._too_few(found))
        return list(found)

    def _too_few(self, found: Mapping[int, str]) -> str:
        missing = ", ".join(sorted(self._sites - set(found.values())))
        return (
            f"{len(found)} of {len(self._sites)} sites were there and {self._minimum} "
            f"are needed; missing: {missing}"
        )

    def site_of(self, reply: Message) -> str:
        """Return the site that a reply is from; the sender in it may be wrong."""
        return self._asked[reply.metadata.reply_to_message_id]

    def send_and_receive(
        self, messages: Iterable[Message], *, timeout: float | None = None
    ) -> Iterable[Message]:
        """Send messages and collect the replies that come before the timeout (s)."""
        waiting = set(self.push_messages(list(messages)))
        deadline = None if timeout is None else self._clock() + timeout
        replies: list[Message] = []
        while waiting:
            came = list(self.pull_messages(waiting))
            replies += came
            waiting -= {reply.metadata.reply_to_message_id for reply in came}
            if deadline is not None and self._clock() >= deadline:
                break
            if waiting:
                time.sleep(_POLL_SECONDS)
        return replies

    def push_messages(self, messages: Iterable[Message]) -> Iterable[str]:
        """Send messages, and remember to which site each goes."""
        sent = list(messages)
        bound = self._nodes()
        numbers = list(self._grid.push_messages(sent))
        for number, message in zip(numbers, sent, strict=True):
            self._asked[number] = bound[message.metadata.dst_node_id]
        return numbers

    def pull_messages(self, message_ids: Iterable[str]) -> Iterable[Message]:
        """Collect the replies that are there."""
        return self._grid.pull_messages(message_ids)

    def set_run(self, run: Run) -> None:
        """Set the run; Flower does."""
        self._grid.set_run(run)

    @property
    def run(self) -> Run:
        """The run."""
        return self._grid.run

    def create_message(
        self,
        content: RecordDict,
        message_type: str,
        dst_node_id: int,
        group_id: str,
        ttl: float | None = None,
    ) -> Message:
        """Make a message; Flower's old way, kept because `Grid` asks for it."""
        return Message(content, dst_node_id, message_type, ttl=ttl, group_id=group_id)
