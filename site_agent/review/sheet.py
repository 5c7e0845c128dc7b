"""A contact sheet of films: one page, one picture for each, large enough for text.

The page is a file among its pictures and needs no network and no script. All of it is
readable by its owner only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from html import escape
from pathlib import Path

import cv2
import numpy as np
import pydicom
from numpy.typing import NDArray

from site_agent import durable
from site_agent.deidentify.header.reading import UNREADABLE, quiet, text_of

LONG_SIDE = 1600
"""Pixels of a picture's longer side: text of 12 pixels on a film of 2500 shows."""

PAGE = "index.html"

_TAILS = (0.5, 99.5)
"""Percentiles that become black and white."""

Shown = tuple[str, Path]
"""What stands under a film, and its file."""

_HEAD = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>
  body {{ margin: 1rem; background: #222; color: #ddd; font: 16px/1.4 sans-serif }}
  p {{ max-width: 60rem }}
  main {{ display: grid; gap: 1rem;
         grid-template-columns: repeat(auto-fill, minmax(38rem, 1fr)) }}
  figure {{ margin: 0 }}
  img {{ width: 100%; background: #000 }}
  figcaption b {{ font-size: 1.3rem; margin-right: .5rem }}
  #dark:checked ~ main img {{ filter: brightness(5) }}
  #bright:checked ~ main img {{ filter: invert(1) brightness(5) }}
</style>
<h1>{title}</h1>
<p>{task}</p>
<input type="radio" name="show" id="plain" checked><label for="plain">as it is</label>
<input type="radio" name="show" id="dark"><label for="dark">the dark parts</label>
<input type="radio" name="show" id="bright"><label for="bright">the bright parts</label>
<main>
"""
_FIGURE = """<figure>
  <a href="{picture}"><img loading="lazy" src="{picture}" alt="film {number}"></a>
  <figcaption><b>{number}</b>{caption}</figcaption>
</figure>
"""
_UNSHOWN = """<figure>
  <figcaption><b>{number}</b>{caption}: its pixels cannot be shown</figcaption>
</figure>
"""


def write_sheet(
    folder: Path,
    films: Iterable[Shown],
    *,
    title: str,
    task: str,
    watch: Callable[[int], None] = lambda number: None,
) -> Path:
    """Write the page and its pictures into `folder`, and give the page.

    Parameters
    ----------
    folder : Path
        Made if it is not there; a sheet that is in it is replaced.
    films : iterable of (str, Path)
        Numbered from 1 in their order.
    title, task : str
        What stands above them.
    watch : callable
        Told how many films are done.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    page = [_HEAD.format(title=escape(title), task=escape(task))]
    for number, (caption, path) in enumerate(films, 1):
        picture = f"{number:03}.png"
        shown = picture_of(path)
        if shown is not None:
            durable.write(folder / picture, shown)
        form = _UNSHOWN if shown is None else _FIGURE
        page.append(
            form.format(number=number, picture=picture, caption=escape(caption))
        )
        watch(number)
    durable.write(folder / PAGE, "".join([*page, "</main>\n"]).encode())
    return folder / PAGE


def picture_of(path: Path) -> bytes | None:
    """Give a film as a PNG of 256 greys, `LONG_SIDE` pixels at most; None if it fails.

    The first frame is shown, dark as air and light as bone, whatever the Photometric
    Interpretation.
    """
    with quiet():
        try:
            film = pydicom.dcmread(path)
            is_inverted = text_of(film, "PhotometricInterpretation") == "MONOCHROME1"
            values = _first_frame(np.asarray(film.pixel_array))
        except UNREADABLE:
            return None
    grey = as_grey(values, is_inverted=is_inverted)
    scale = LONG_SIDE / max(grey.shape)
    if scale < 1:
        size = (max(1, round(side * scale)) for side in reversed(grey.shape))
        grey = np.asarray(cv2.resize(grey, tuple(size), interpolation=cv2.INTER_AREA))
    is_written, png = cv2.imencode(".png", grey)
    return png.tobytes() if is_written else None


def as_grey(values: NDArray[np.number], *, is_inverted: bool) -> NDArray[np.uint8]:
    """Give values of shape (rows, columns) in 256 greys.

    The percentiles of `_TAILS` are black and white; low values are bright if
    `is_inverted`.
    """
    dark, bright = np.percentile(values, _TAILS)
    shades = (values.astype(np.float32) - dark) * (255 / max(float(bright - dark), 1))
    grey = np.clip(np.rint(255 - shades if is_inverted else shades), 0, 255)
    return np.asarray(grey, np.uint8)


def _first_frame(values: NDArray[np.number]) -> NDArray[np.number]:
    """Give (rows, columns) of what may have frames before them and colours behind."""
    if values.ndim > 2 and values.shape[-1] in (3, 4):
        values = values[..., :3].mean(axis=-1)
    while values.ndim > 2:
        values = values[0]
    return values
