"""A process beside this one that answers its questions, one at a time.

What needs much memory goes there, so that no process needs the memory of two such
things, and what may crash, so that nothing else goes with it.
"""

from __future__ import annotations

import multiprocessing
import threading
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any

from site_agent.workers import end_with_parent, uninterrupted

Answer = Callable[[Any], Any]


class Stopped(Exception):
    """A question ended the process; the next one starts another."""


class Beside:
    """A process that starts when it is needed, and ends with this one, however.

    One thread may ask at a time.

    Parameters
    ----------
    begin : callable
        Called once in the process; gives what answers questions. What that raises ends
        the process.
    """

    def __init__(self, begin: Callable[[], Answer]) -> None:
        self._begin = begin
        self._started: tuple[BaseProcess, Connection] | None = None

    def ask(self, question: Any) -> Any:
        """Give the answer to a question.

        It is asked twice, since somebody else may have ended the process: the system,
        for want of memory.

        Raises
        ------
        Stopped
            When it ended two processes.
        """
        with suppress(Stopped):
            return self._asked(question)
        return self._asked(question)

    def start(self) -> None:
        """Start the process, so that the first question does not wait for it."""
        self._connected()

    def stop(self) -> None:
        """End the process, whatever it does."""
        if self._started is not None:
            process, connection = self._started
            self._started = None
            connection.close()
            process.kill()
            process.join()

    def _asked(self, question: Any) -> Any:
        connection = self._connected()
        try:
            connection.send(question)
            return connection.recv()
        except (EOFError, ConnectionError):
            self.stop()
            raise Stopped from None
        except BaseException:  # a signal: its answer must not become that of another
            self.stop()
            raise

    def _connected(self) -> Connection:
        if self._started is None:
            # Not forked: it would begin with all the memory of this one. Ctrl-C, which
            # reaches the whole process group, is for this one to decide on.
            context = multiprocessing.get_context("spawn")
            here, there = context.Pipe()
            process = context.Process(
                target=_answer, args=(there, self._begin), daemon=True
            )
            with uninterrupted():
                process.start()
                self._started = process, here
            there.close()
        return self._started[1]


def _answer(connection: Connection, begin: Callable[[], Answer]) -> None:
    """Answer questions until nobody can ask any more."""
    # Also in the middle of an answer: another may write the same file by then.
    threading.Thread(target=end_with_parent, daemon=True).start()
    answer = begin()
    while True:
        try:
            connection.send(answer(connection.recv()))
        except (EOFError, ConnectionError):
            return
