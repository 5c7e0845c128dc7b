"""Several worker processes, of which any may die without taking the work with it.

A damaged film can crash a native decoder, and with it the process. Which task did it
cannot be told at first, because a broken pool says nothing; so the tasks that were
under way are tried again one by one, and only the one that kills its process once more
has crashed.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import connection
from types import TracebackType
from typing import Any, Generic, Self, TypeVar

T = TypeVar("T")
R = TypeVar("R")


class Crashed:
    """Takes the place of a result when the task killed its process."""


class Workers(Generic[T, R]):
    """A pool of processes that all run `function`; a context manager.

    Parameters
    ----------
    function
        Called with one task at a time, in the main thread of a worker. An exception it
        raises ends the whole work.
    jobs
        How many processes, at least 1.
    setup, arguments
        Called once in each worker. Arguments travel through a pipe, so a key is never
        on a command line or in the environment.
    preload
        Modules that are imported once, before the workers are forked.
    """

    def __init__(
        self,
        function: Callable[[T], R],
        *,
        jobs: int,
        setup: Callable[..., None],
        arguments: tuple[Any, ...] = (),
        preload: Sequence[str] = (),
    ) -> None:
        self._function, self._jobs = function, jobs
        self._start = (setup, arguments)
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(list(preload))
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> Self:
        try:
            self._begin(self._jobs)
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
        if kind is None:
            self._end()
        else:
            self._abandon()

    def map(self, tasks: Iterable[T]) -> Iterator[tuple[T, R | Crashed]]:
        """Yield each task with its result, as they end.

        No more than twice as many tasks as processes are under way at any time.
        """
        waiting = iter(tasks)
        under_way: dict[Future[R], T] = {}
        while True:
            while len(under_way) < 2 * self._jobs:
                try:
                    task = next(waiting)
                except StopIteration:
                    break
                under_way[self._submit(task)] = task
            if not under_way:
                return
            done, _ = wait(under_way, return_when=FIRST_COMPLETED)
            suspects: list[T] = []
            for future in done:
                task = under_way.pop(future)
                if isinstance(future.exception(), BrokenProcessPool):
                    suspects.append(task)
                else:
                    yield task, future.result()
            if suspects:
                wait(under_way)
                for future, task in under_way.items():
                    if isinstance(future.exception(), BrokenProcessPool):
                        suspects.append(task)
                    else:
                        yield task, future.result()
                under_way.clear()
                yield from self._one_by_one(suspects)

    def _one_by_one(self, suspects: Iterable[T]) -> Iterator[tuple[T, R | Crashed]]:
        self._end()
        for task in suspects:
            self._begin(1)
            result: R | Crashed
            try:
                result = self._submit(task).result()
            except BrokenProcessPool:
                result = Crashed()
            self._end()
            yield task, result
        self._begin(self._jobs)

    def _submit(self, task: T) -> Future[R]:
        assert self._pool is not None  # noqa: S101  only within the context
        try:
            return self._pool.submit(self._function, task)
        except BrokenProcessPool as error:
            # It broke between two calls; the task is a suspect like the others.
            failed: Future[R] = Future()
            failed.set_exception(error)
            return failed

    def _begin(self, jobs: int) -> None:
        """Start the processes, all of them: one that is half started hangs the end."""
        with _uninterrupted():
            self._pool = ProcessPoolExecutor(
                jobs,
                mp_context=self._context,
                initializer=_set_up,
                initargs=self._start,
            )
            self._pool.submit(int)

    def _end(self) -> None:
        """Let the processes end what they do, and wait for them."""
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
        self._pool = None

    def _abandon(self) -> None:
        """End the processes at once, whatever they do; nobody waits for a result."""
        if self._pool is None:
            return
        with _uninterrupted():
            # The pool itself can only wait for a task, and that may take minutes.
            processes = list((self._pool._processes or {}).values())
            self._pool.shutdown(wait=False, cancel_futures=True)
            for process in processes:
                process.kill()
            self._pool = None


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Let Ctrl-C wait; processes that are started meanwhile never take it."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _set_up(setup: Callable[..., None], arguments: tuple[Any, ...]) -> None:
    # Ctrl-C reaches the whole process group; the parent decides.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    setup(*arguments)


def _end_with_parent() -> None:
    """End this worker when the parent was killed; nobody would take its results."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os._exit(1)
