"""How many pixels a film has, by its header; and how many are too many."""

from __future__ import annotations

from pydicom.dataset import Dataset

from site_agent.deidentify.header.reading import number_of

MOST_FRAMES = 64
"""More take too long, and are no radiograph."""

MOST_BYTES = 1 << 28
"""Bytes of pixels, not compressed: the largest radiographs have a sixth."""

MOST_SAMPLES, MOST_BYTES_OF_FRAME = 32_000_000, 64_000_000
"""Samples of one frame, and bytes: so many are seen in 200 MB. The largest detectors
for chests have 18.5 million pixels."""


def is_too_much(film: Dataset) -> bool:
    """Whether there are too many pixels to be looked at."""
    frames, size = frames_of(film), bytes_of(film)
    return (
        frames > MOST_FRAMES
        or size > MOST_BYTES
        or size > frames * MOST_BYTES_OF_FRAME
        or samples_of(film) > MOST_SAMPLES
    )


def frames_of(film: Dataset) -> int:
    """Give the number of frames, 1 where the header has none."""
    return max(1, number_of(film, "NumberOfFrames"))


def samples_of(film: Dataset) -> int:
    """Give the samples of one frame, in all colours."""
    samples = max(1, number_of(film, "SamplesPerPixel"))
    return samples * number_of(film, "Rows") * number_of(film, "Columns")


def bytes_of(film: Dataset) -> int:
    """Give the bytes of all frames that are not compressed, without padding."""
    depth = -(-number_of(film, "BitsAllocated") // 8)
    return frames_of(film) * samples_of(film) * depth
