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
        self._pool = self._new_pool(jobs)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)

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
        self._pool.shutdown()
        for task in suspects:
            with self._new_pool(1) as alone:
                try:
                    result: R | Crashed = alone.submit(self._function, task).result()
                except BrokenProcessPool:
                    result = Crashed()
            yield task, result
        self._pool = self._new_pool(self._jobs)

    def _submit(self, task: T) -> Future[R]:
        try:
            return self._pool.submit(self._function, task)
        except BrokenProcessPool as error:
            # It broke between two calls; the task is a suspect like the others.
            failed: Future[R] = Future()
            failed.set_exception(error)
            return failed

    def _new_pool(self, jobs: int) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(
            jobs,
            mp_context=self._context,
            initializer=_set_up,
            initargs=self._start,
        )


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
