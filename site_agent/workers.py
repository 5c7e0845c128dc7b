"""Several worker processes, of which any may die without taking the work with it.

A damaged film can crash a native decoder, and with it the process. A worker has one
task at a time, and a pipe of its own, so that it is known which task that was. It gets
a second worker, since somebody else may have ended the first one: the system, for want
of memory. A task that ends both has crashed.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from multiprocessing import connection, resource_tracker
from multiprocessing.connection import Connection
from multiprocessing.context import (
    ForkContext,
    ForkProcess,
    ForkServerContext,
    ForkServerProcess,
)
from types import TracebackType
from typing import Any, Generic, Literal, NamedTuple, Self, TypeVar

T = TypeVar("T")
R = TypeVar("R")


_STDERR = 2  # whether Python has it open or not


class Crashed:
    """Takes the place of a result when the task killed its process."""


class _Failure(NamedTuple):
    """What a task raised, in the place of a result."""

    error: Exception


class _Given(NamedTuple, Generic[T]):
    task: T
    is_second_try: bool


class Workers(Generic[T, R]):
    """Processes that all run `function`; a context manager.

    Parameters
    ----------
    function
        Called with one task at a time, in the main thread of a worker. An exception it
        raises ends the whole work.
    jobs
        How many processes, at least 1.
    setup, arguments
        Called once in each worker. Arguments travel through a pipe or are copied with
        the process, so a key is never on a command line or in the environment.
    preload
        Modules that are imported once, before the workers begin.
    start
        ``fork``: workers begin as copies of this process, within a millisecond, with
        all that it has imported. Only for a process without other threads and without
        an open database; a file that it has locked stays so until they ended as well.
    """

    def __init__(
        self,
        function: Callable[[T], R],
        *,
        jobs: int,
        setup: Callable[..., None] | None = None,
        arguments: tuple[Any, ...] = (),
        preload: Sequence[str] = (),
        start: Literal["fork", "forkserver"] = "forkserver",
    ) -> None:
        self._work = function, setup, arguments
        self._jobs, self._preload, self._start = jobs, preload, start
        self._processes: dict[Connection, ForkProcess | ForkServerProcess] = {}
        self._idle: list[Connection] = []
        self._under_way: dict[Connection, _Given[T]] = {}

    def __enter__(self) -> Self:
        try:
            for _ in range(self._jobs):
                self._begin()
        except BaseException:
            self._abandon()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None and not self._under_way:
            self._end()
        else:
            self._abandon()

    @property
    def has_idle(self) -> bool:
        """Whether a worker waits for a task."""
        return bool(self._idle)

    @property
    def are_busy(self) -> bool:
        """Whether a task is under way."""
        return bool(self._under_way)

    def give(self, task: T) -> None:
        """Begin a task; only where `has_idle`."""
        self._send(_Given(task, is_second_try=False))

    def take(self) -> tuple[T, R | Crashed]:
        """Wait for the end of a task, whichever is first; only while `are_busy`.

        Raises
        ------
        Exception
            What `function` or `setup` raised.
        """
        while True:
            pipe = self._first_to_answer()
            given = self._under_way.pop(pipe)
            try:
                answer: R | _Failure = pipe.recv()
            except (EOFError, OSError):  # it ended, perhaps in the middle of an answer
                self._bury(pipe)
                self._begin()
                if given.is_second_try:
                    return given.task, Crashed()
                self._send(_Given(given.task, is_second_try=True))
                continue
            if isinstance(answer, _Failure):
                raise answer.error
            self._idle.append(pipe)
            return given.task, answer

    def map(self, tasks: Iterable[T]) -> Iterator[tuple[T, R | Crashed]]:
        """Yield each task with its result, as they end.

        A task is taken when a worker is free for it.
        """
        for task in tasks:
            done = [] if self.has_idle else [self.take()]
            self.give(task)
            yield from done
        while self.are_busy:
            yield self.take()

    def _send(self, given: _Given[T]) -> None:
        pipe = self._idle.pop()
        self._under_way[pipe] = given
        with suppress(ConnectionError):  # it died while it was idle: `take` finds out
            pipe.send((given.task,))

    def _first_to_answer(self) -> Connection:
        pipes = list(self._under_way)
        ready = connection.wait(pipes)
        return next(pipe for pipe in pipes if pipe in ready)

    def _begin(self) -> None:
        """Start a process. It never takes Ctrl-C, which reaches the whole group."""
        context: ForkContext | ForkServerContext
        if self._start == "fork":
            context = multiprocessing.get_context("fork")
        else:
            context = multiprocessing.get_context("forkserver")
            context.set_forkserver_preload(list(self._preload))
        ours, its = context.Pipe()
        process = context.Process(target=_run, args=(its, *self._work))
        with uninterrupted():
            process.start()
            self._processes[ours] = process
            self._idle.append(ours)
        its.close()  # so that the end of the process ends the pipe

    def _bury(self, pipe: Connection) -> None:
        self._processes.pop(pipe).join()
        pipe.close()

    def _end(self) -> None:
        """Let the processes end, and wait for them."""
        for pipe in self._processes:
            with suppress(ConnectionError):
                pipe.send(_NO_MORE)
        for pipe in list(self._processes):
            self._bury(pipe)

    def _abandon(self) -> None:
        """End the processes at once, whatever they do; nobody waits for a result."""
        with uninterrupted():
            for process in self._processes.values():
                process.kill()
            for pipe in list(self._processes):
                self._bury(pipe)


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Let Ctrl-C wait; processes that are started meanwhile never take it."""
    resource_tracker.ensure_running()  # where it has to start, it lets Ctrl-C in again
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


_NO_MORE: tuple[Any, ...] = ()


def _run(
    pipe: Connection,
    function: Callable[[Any], Any],
    setup: Callable[..., None] | None,
    arguments: tuple[Any, ...],
) -> None:
    """Do in a worker what the parent sends, until it sends `_NO_MORE`."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=end_with_parent, daemon=True).start()
    try:
        if setup is not None:
            setup(*arguments)
        while given := pipe.recv():
            pipe.send(function(*given))
    except Exception as error:  # noqa: BLE001  whatever it is, the parent raises it
        # Where it happened; what it says may name a file, and stays with the error.
        error.add_note("".join(traceback.format_tb(error.__traceback__)))
        with suppress(ConnectionError):  # the parent is gone
            pipe.send(_Failure(error))


def mute() -> None:
    """Let what libraries write to standard error of this process go nowhere.

    Decoders write there what they stumble over, and a process that is killed while it
    starts another one makes that write where it was.
    """
    os.dup2(os.open(os.devnull, os.O_WRONLY), _STDERR)


def end_with_parent() -> None:
    """End this process when its parent was killed; nobody would take its results."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os._exit(1)
