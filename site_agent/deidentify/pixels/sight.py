"""What a search asks of whatever finds and reads text."""

from __future__ import annotations

from typing import Protocol

from site_agent.deidentify.pixels.boxes import Box, Grey


class Sight(Protocol):
    """Finds and reads text: the networks, in this process or in another one."""

    def find(self, tile: Grey) -> list[Box]:
        """Give boxes around the texts of a part of a film, in its own pixels."""

    def read(self, line: Grey) -> tuple[str, float]:
        """Read a line of text, which is upright; tell how sure that is, 0 to 1."""
