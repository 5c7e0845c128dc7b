"""A contact sheet of films: one page, pictures of each, large enough for text.

A film is shown in each way in which text is looked for in it, frame by frame: a person
sees what a border or a patch that is far too bright would hide.

The page is a file among its pictures and needs no network and no script. All of it is
readable by its owner only.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator
from html import escape
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from site_agent import durable
from site_agent.deidentify.header.reading import UNREADABLE, quiet, text_of
from site_agent.deidentify.pixels.boxes import Grey
from site_agent.deidentify.pixels.film import Pixels, values_of
from site_agent.deidentify.pixels.seen import views
from site_agent.deidentify.pixels.windows import ranges_of
from site_agent.on_disk.copying import writing
from site_agent.on_disk.decoder import write_decoded
from site_agent.on_disk.decoding import takes_too_much
from site_agent.on_disk.in_place import open_in_place

LONG_SIDE = 1600
"""Pixels of a picture's longer side: text of 12 pixels on a film of 2500 shows."""

PAGE = "index.html"

MOST_PICTURES = 64
"""Of one film; the page says where there are more."""

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
_PICTURE = (
    '  <a href="{name}"><img loading="lazy" src="{name}" alt="film {number}"></a>\n'
)
_FIGURE = """<figure>
{pictures}  <figcaption><b>{number}</b>{caption}</figcaption>
</figure>
"""
_UNSHOWN = "its pixels cannot be shown"
_NOT_ALL = f"only its first {MOST_PICTURES} pictures are shown"


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

    Raises
    ------
    CannotWrite, OSError
        When `folder` cannot be written.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    page = [_HEAD.format(title=escape(title), task=escape(task))]
    for number, (caption, path) in enumerate(films, 1):
        shown, note = [], ""
        for turn, picture in enumerate(pictures_of(path, folder)):
            if picture is None or turn == MOST_PICTURES:
                note = f": {_NOT_ALL if picture else _UNSHOWN}"
                break
            name = f"{number:03}-{turn + 1}.png" if turn else f"{number:03}.png"
            durable.write(folder / name, picture)
            shown.append(_PICTURE.format(name=name, number=number))
        page.append(
            _FIGURE.format(
                number=number, pictures="".join(shown), caption=escape(caption) + note
            )
        )
        watch(number)
    durable.write(folder / PAGE, "".join([*page, "</main>\n"]).encode())
    return folder / PAGE


def pictures_of(path: Path, folder: Path) -> Iterator[bytes | None]:
    """Yield each way to see each frame as a PNG; None in place of what fails.

    They have 256 greys and `LONG_SIDE` pixels at most, dark as air and light as bone,
    whatever the Photometric Interpretation. The first one shows the film as a whole.
    A compressed film is decoded into `folder`, and one frame at a time is in memory.

    Raises
    ------
    CannotWrite
        When it cannot be written there.
    """
    place = folder / ".decoded"
    place.mkdir(mode=0o700, exist_ok=True)  # or it is there from a run that was killed
    try:
        with quiet():
            yield from _pictures_of(path, place / "film.dcm")
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _pictures_of(path: Path, plain: Path) -> Iterator[bytes | None]:
    try:
        film, pixels, frames = _opened(path, plain)
    except UNREADABLE:
        yield None
        return
    is_inverted = text_of(film, "PhotometricInterpretation") == "MONOCHROME1"
    for frame in frames:
        ranges = ranges_of(film, frame) if frame.ndim == 2 else ()
        for view in views(frame, is_inverted=is_inverted, ranges=ranges):
            pixels.forget()
            yield _png(view)


def _opened(path: Path, plain: Path) -> tuple[Dataset, Pixels, NDArray[Any]]:
    """Open a film, or what a compressed one is decoded to, with all its samples."""
    opened = open_in_place(path)
    if (
        opened.is_compressed
        and not takes_too_much(opened.film, path.stat().st_size)
        and _is_decoded(path, plain)
    ):
        opened = open_in_place(plain)
    if opened.pixels is None:
        raise ValueError
    frames = values_of(opened.film, opened.pixels.content)
    if frames is None:
        raise ValueError
    return opened.film, opened.pixels, frames


def _is_decoded(path: Path, plain: Path) -> bool:
    with writing():
        return write_decoded(path, plain)


def _png(grey: Grey) -> bytes | None:
    scale = LONG_SIDE / max(grey.shape)
    if scale < 1:
        size = (max(1, round(side * scale)) for side in reversed(grey.shape))
        shrunk = cv2.resize(grey, tuple(size), interpolation=cv2.INTER_AREA)
        grey = np.asarray(shrunk, np.uint8)
    is_written, png = cv2.imencode(".png", grey)
    return png.tobytes() if is_written else None
