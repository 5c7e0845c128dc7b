"""The networks that find and read text, in a process of their own.

They take as much memory as the largest film. Only parts of films go there, and where
text is comes back.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from site_agent.beside import Answer, Beside, Stopped
from site_agent.deidentify.pixels.boxes import Box, Grey
from site_agent.errors import SiteError


class OcrStopped(SiteError):
    """A question ended the process, twice; the next one starts another."""


_STOPPED = (
    "The process that reads text ended, maybe for want of memory. Run again, with "
    "fewer --jobs."
)


class OcrProcess:
    """Finds and reads text as `Networks` does; its process starts when it is needed.

    It ends with this one, even by ``kill -9``. One thread may ask at a time.
    """

    def __init__(self) -> None:
        self._process = Beside(_begin)

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
        self._process.start()

    def stop(self) -> None:
        """End the process, whatever it does."""
        self._process.stop()

    def _ask(self, what: str, image: Grey) -> Any:
        try:
            return self._process.ask((what, image))
        except Stopped:
            raise OcrStopped(_STOPPED) from None


@cache
def ocr() -> OcrProcess:
    """Give the one that serves this process."""
    return OcrProcess()


def _begin() -> Answer:
    from site_agent.deidentify.pixels.networks import Networks  # only in this process

    networks = Networks()

    def answer(question: tuple[str, Grey]) -> Any:
        what, image = question
        return networks.find(image) if what == "find" else networks.read(image)

    return answer
