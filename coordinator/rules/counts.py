"""How a published count is to be read."""

from __future__ import annotations


def in_words(tens: int) -> str:
    """Say a count in tens: "about 30", or "fewer than 10", which may be none."""
    return f"about {10 * tens:,}" if tens else "fewer than 10"
