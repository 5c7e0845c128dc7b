"""The two networks of RapidOCR: one finds text, the other reads it.

Its wheel brings PP-OCRv6 small. The files are opened where they lie; the rest of the
package is not imported, since it would log and might load from the network.
"""

from __future__ import annotations

import importlib.util
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
from numpy.typing import NDArray

from site_agent.deidentify.pixels.boxes import Box, Grey, box_around
from site_agent.errors import ConfigurationError

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

_DETECTOR, _READER = "PP-OCRv6_det_small.onnx", "PP-OCRv6_rec_small.onnx"
_STEP = 32  # the detector takes sides that are multiples of it

# Differentiable binarization (Liao et al., AAAI 2020), with RapidOCR's figures.
_TEXT, _SURE, _UNCLIP, _LEAST_SIDE = 0.3, 0.5, 1.6, 3

_LINE = 48  # rows of a line that is read
_WIDEST = 960  # columns of one
_FIRST_PIECE = 32 << 20  # bytes of memory that the networks share


class Networks:
    """The networks, loaded once per process and then shared.

    Parameters
    ----------
    threads : int
        How many cores one call may keep busy; 1 where several processes work.
    """

    def __init__(self, threads: int = 1) -> None:
        cv2.setNumThreads(threads)
        self._detector = _session(_DETECTOR, threads)
        self._reader = _session(_READER, threads)
        listed = self._reader.get_modelmeta().custom_metadata_map["character"]
        self._characters = ("", *listed.splitlines(), " ")

    def find(self, tile: Grey) -> list[Box]:
        """Give boxes around the texts of a part of a film, in its own pixels."""
        rows, columns = tile.shape
        below, beside = -rows % _STEP, -columns % _STEP
        padded = cv2.copyMakeBorder(tile, 0, below, 0, beside, cv2.BORDER_REPLICATE)
        (answer,) = self._detector.run(None, {"x": _as_input(padded)})
        likely = np.ascontiguousarray(answer[0, 0, :rows, :columns])
        text = cv2.dilate((likely > _TEXT).astype(np.uint8), np.ones((2, 2), np.uint8))
        outlines, _ = cv2.findContours(text, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
        boxes = (_box(outline, likely) for outline in outlines)
        return [box for box in boxes if box is not None]

    def read(self, line: Grey) -> tuple[str, float]:
        """Read a line of text, which is upright; tell how sure that is, 0 to 1."""
        rows, columns = line.shape
        width = min(_WIDEST, max(_LINE // 3, round(_LINE * columns / rows)))
        how = cv2.INTER_AREA if rows > _LINE else cv2.INTER_LINEAR
        scaled = cv2.resize(line, (width, _LINE), interpolation=how)
        (answer,) = self._reader.run(None, {"x": _as_input(scaled)})
        # Connectionist temporal classification: repeats and blanks are no letters.
        best, sure = answer[0].argmax(axis=1), answer[0].max(axis=1)
        is_new = np.concatenate(([True], best[1:] != best[:-1])) & (best != 0)
        text = "".join(self._characters[letter] for letter in best[is_new])
        return text, float(sure[is_new].mean()) if text else 0.0


@cache
def networks() -> Networks:
    """Give the networks of this process, pinned to one core."""
    return Networks()


def check_installation() -> None:
    """Make sure that the networks are there.

    Raises
    ------
    ConfigurationError
        When they are not.
    """
    for name in (_DETECTOR, _READER):
        _path_of(name)


def _path_of(name: str) -> Path:
    spec = importlib.util.find_spec("rapidocr")
    for folder in (spec and spec.submodule_search_locations) or ():
        path = Path(folder, "models", name)
        if path.is_file():
            return path
    raise ConfigurationError(
        "Text in pixels cannot be looked for: its networks are not installed. Install "
        "rapidocr 3.10, or leave the pixels as they are: deidentify --no-scrub, and "
        "scrub = false in site.toml."
    )


def _session(name: str, threads: int) -> InferenceSession:
    path = _path_of(name)
    _share_memory()
    from onnxruntime import InferenceSession, SessionOptions

    options = SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = threads
    options.enable_mem_pattern = False
    # The weights stay where they are read; only what is worked with is shared.
    for entry in ("use_env_allocators", "use_device_allocator_for_initializers"):
        options.add_session_config_entry(f"session.{entry}", "1")
    options.log_severity_level = 4
    return InferenceSession(path, options, providers=["CPUExecutionProvider"])


@cache
def _share_memory() -> None:
    """Let all networks of the process work in the same memory, as much as they need.

    Pictures of ever other sizes leave holes in the memory of the C library, which grows
    with every film; and one for each network would be twice as much.
    """
    # Here, since it takes longer to import than `check_installation` may.
    import onnxruntime

    onnxruntime.disable_telemetry_events()
    shared = onnxruntime.OrtMemoryInfo(
        "Cpu",
        onnxruntime.OrtAllocatorType.ORT_ARENA_ALLOCATOR,
        0,
        onnxruntime.OrtMemType.DEFAULT,
    )
    as_requested = {
        "arena_extend_strategy": 1,
        "initial_chunk_size_bytes": _FIRST_PIECE,
    }
    onnxruntime.create_and_register_allocator(
        shared, onnxruntime.OrtArenaCfg(as_requested)
    )


def _as_input(image: NDArray[Any]) -> NDArray[np.float32]:
    """Give (1, 3, rows, columns) from -1 to 1."""
    scaled = np.subtract(image, np.float32(127.5), dtype=np.float32)
    scaled *= np.float32(1 / 127.5)
    return np.repeat(scaled[None, None], 3, axis=1)


def _box(outline: NDArray[Any], likely: NDArray[np.float32]) -> Box | None:
    """Give the box of an outline, as large as the text; None where it is none."""
    box = box_around(cv2.minAreaRect(outline), 0.0)
    if box.short < _LEAST_SIDE:
        return None
    x, y, width, height = cv2.boundingRect(outline)
    inside = np.zeros((height, width), np.uint8)
    cv2.drawContours(inside, [outline - (x, y)], -1, 1, cv2.FILLED)
    score = cv2.mean(likely[y : y + height, x : x + width], inside)[0]
    if score < _SURE:
        return None
    # The network marks the core of a text; this is how far its outside is away.
    margin = box.area * _UNCLIP / (2 * (box.long + box.short))
    return Box(box.x, box.y, box.long, box.short, box.angle, score).grown(margin)
