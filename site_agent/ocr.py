"""The networks that find and read text, in a process of their own.

They take as much memory as the largest film: a process that holds one of them need not
hold the other too. Only parts of films go there, and where text is comes back.
"""

from __future__ import annotations

import multiprocessing
import signal
from functools import cache
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any

from site_agent.deidentify.pixels.boxes import Box, Grey
from site_agent.errors import SiteError


class OcrStopped(SiteError):
    """The process ended while it was asked; the next question starts another one."""


_STOPPED = (
    "The process that reads text ended, maybe for want of memory. Run again, with "
    "fewer --jobs."
)


class OcrProcess:
    """Finds and reads text as `Networks` does; its process starts when it is needed.

    It ends with this one, even by ``kill -9``. One thread may ask at a time.
    """

    def __init__(self) -> None:
        self._started: tuple[BaseProcess, Connection] | None = None

    def find(self, tile: Grey) -> list[Box]:
        """Give boxes around the texts of a part of a film, in its own pixels."""
        boxes: list[Box] = self._ask("find", tile)
        return boxes

    def read(self, line: Grey) -> tuple[str, float]:
        """Read a line of text, which is upright; tell how sure that is, 0 to 1."""
        text, sure = self._ask("read", line)
        return text, sure

    def start(self) -> None:
        """Start the process, so that the first question does not wait for it."""
        self._begun()

    def _begun(self) -> Connection:
        if self._started is None:
            # Not forked: it would begin with all the memory of this one.
            context = multiprocessing.get_context("spawn")
            here, there = context.Pipe()
            process = context.Process(target=_answer, args=(there,), daemon=True)
            process.start()
            there.close()
            self._started = process, here
        return self._started[1]

    def stop(self) -> None:
        """End the process, whatever it does."""
        if self._started is not None:
            process, connection = self._started
            self._started = None
            connection.close()
            process.kill()
            process.join()

    def _ask(self, what: str, image: Grey) -> Any:
        connection = self._begun()
        try:
            connection.send((what, image))
            return connection.recv()
        except (EOFError, ConnectionError):
            self.stop()
            raise OcrStopped(_STOPPED) from None
        except BaseException:  # a signal: its answer must not become that of another
            self.stop()
            raise


@cache
def ocr() -> OcrProcess:
    """Give the one that serves this process."""
    return OcrProcess()


def _answer(connection: Connection) -> None:
    """Answer questions until nobody can ask any more."""
    # Ctrl-C reaches the whole process group; the parent decides.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    from site_agent.deidentify.pixels.networks import Networks  # only in this process

    networks = Networks()
    while True:
        try:
            what, image = connection.recv()
            connection.send(
                networks.find(image) if what == "find" else networks.read(image)
            )
        except (EOFError, ConnectionError):
            return
