"""The process that decodes compressed films, and does nothing else.

To decode a film takes four times the memory of its pixels, and a damaged one may crash
a library.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from site_agent.beside import Answer, Beside, Stopped
from site_agent.memory import give_back_at_once
from site_agent.on_disk.copying import CannotWrite
from site_agent.workers import mute


def write_decoded(source: Path, target: Path) -> bool:
    """Let the process do what `decoding.decode` does.

    Returns
    -------
    bool
        Whether a library could decode the film, and did not end the process twice.

    Raises
    ------
    OSError
        When the new file cannot be written.
    """
    try:
        answer = _decoder().ask((source, target))
    except Stopped:
        return False
    if isinstance(answer, OSError):
        raise answer
    return bool(answer)


@cache
def _decoder() -> Beside:
    return Beside(_begin)


def _begin() -> Answer:
    mute()
    give_back_at_once()
    # Not before `site_agent.memory`, and only in this process.
    from site_agent.on_disk.decoding import decode

    def answer(places: tuple[Path, Path]) -> bool | OSError:
        try:
            return decode(*places)
        except CannotWrite as error:
            return error.why

    return answer
