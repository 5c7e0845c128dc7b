"""Search what the programs wrote for the identifiers of an answer key.

This shares no code with the site agent's own audit. It reads every byte of every file
once, keeps what could be text, and looks there for names, numbers, UIDs, addresses and
dates in their usual written forms and encodings. It does not look into compressed
content, nor for text that is drawn into pixels.
"""

from __future__ import annotations

import datetime as dt
import re
import signal
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

_CHUNK = 2 * 1024 * 1024
_OVERLAP = 4096
_SHORTEST = 5
"""Bytes in a row that could be text; nothing shorter is looked at."""

_WORD = re.compile(rb"[0-9A-Za-z\x80-\xff]{4,}")
_DATE = re.compile(
    rb"(?<!\d)(?:(?P<y>\d{4})[-/.]?(?P<m>\d\d)[-/.]?(?P<d>\d\d)"
    rb"|(?P<d2>\d\d?)[-/.](?P<m2>\d\d?)[-/.](?P<y2>\d{4})"
    rb"|(?P<d3>\d\d?)\.? (?P<m3>[A-Za-z]{3,9}) (?P<y3>\d{4}))(?!\d)"
)
_MONTHS = {
    f"{dt.date(2000, month, 1):%B}".lower().encode(): month for month in range(1, 13)
}


@dataclass(frozen=True, slots=True)
class Residue:
    """What was read, and where something was found: (file, kind of identifier)."""

    files: int
    size: int
    identifiers: int
    found: tuple[tuple[Path, str], ...]


@dataclass(frozen=True, slots=True)
class Forms:
    """Written forms to look for, each under its longest word, and dates."""

    words: dict[bytes, list[tuple[bytes, str]]] = field(default_factory=dict)
    dates: dict[dt.date, str] = field(default_factory=dict)
    identifiers: int = 0


def forms_of(identifiers: Iterable[Mapping[str, str | bool]]) -> Forms:
    """Collect the written forms of `identifiers` (deploy.hospital.key)."""
    words: defaultdict[bytes, set[tuple[bytes, str]]] = defaultdict(set)
    dates: dict[dt.date, str] = {}
    seen: set[tuple[str, str]] = set()
    for identifier in identifiers:
        kind, form = str(identifier["kind"]), identifier["form"]
        value = str(identifier["family" if form == "name" else "value"])
        seen.add((kind, value))
        if form == "date":
            dates[dt.date.fromisoformat(value)] = kind
            continue
        spellings = {value, re.sub(r"[ +./-]", "", value)} if form == "id" else {value}
        for spelling in spellings:
            for written in _encodings(spelling):
                longest = max(_WORD.findall(written), key=len, default=b"")
                if longest:
                    words[longest].add((written, kind))
    return Forms(
        {word: sorted(forms) for word, forms in words.items()}, dates, len(seen)
    )


def search(folder: Path, forms: Forms, *, passing_over: Iterable[str] = ()) -> Residue:
    """Search every file below `folder`.

    Parameters
    ----------
    folder : pathlib.Path
        Searched at every depth; links are not followed.
    forms : Forms
        What to look for.
    passing_over : iterable of str
        Patterns of paths, relative to `folder`, that may hold identifiers.

    Returns
    -------
    Residue
        Every file and kind of identifier once.
    """
    allowed = {path for pattern in passing_over for path in folder.glob(pattern)}
    files = [
        path
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        and not path.is_symlink()
        and allowed.isdisjoint((path, *path.parents))
    ]
    with ProcessPoolExecutor(initializer=_begin, initargs=(forms,)) as pool:
        looked = list(pool.map(_look_into, files, chunksize=16))
    names = (str(path.relative_to(folder)).encode().lower() for path in files)
    found = {
        (path, kind): None
        for path, name, (_, inside) in zip(files, names, looked, strict=True)
        for kind in (*_kinds(name, forms), *inside)
    }
    size = sum(size for size, _ in looked)
    return Residue(len(files), size, forms.identifiers, tuple(found))


_forms: list[Forms] = []
"""What this worker process looks for."""


def _begin(forms: Forms) -> None:
    """Prepare a worker process; Ctrl-C is for the one that waits for it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _forms.append(forms)


def _look_into(path: Path) -> tuple[int, set[str]]:
    """Give the size of a file, bytes, and the kinds of identifier that stand in it."""
    kinds: set[str] = set()
    size = 0
    # A database's journal may have gone since the folder was listed.
    with suppress(FileNotFoundError), path.open("rb") as stream:
        before = b""
        while chunk := stream.read(_CHUNK):
            size += len(chunk)
            kinds.update(_kinds(_possible_text(before + chunk), _forms[0]))
            before = chunk[-_OVERLAP:]
    return size, kinds


def _possible_text(content: bytes) -> bytes:
    """Keep runs of printable bytes, in lower case, a line feed between any two."""
    data = np.frombuffer(content, dtype=np.uint8)
    if len(data) < _SHORTEST:
        return content.lower()
    printable = data >= 0x20
    pairs = printable[:-1] & printable[1:]
    starts = np.flatnonzero(pairs[:-3] & pairs[2:-1] & printable[4:])
    if not len(starts):
        return b""
    breaks = np.flatnonzero(np.diff(starts) != 1)
    first = starts[np.concatenate(([0], breaks + 1))]
    last = starts[np.concatenate((breaks, [-1]))] + _SHORTEST
    return b"\n".join(map(content.__getitem__, map(slice, first, last))).lower()


def _kinds(text: bytes, forms: Forms) -> Iterator[str]:
    """Give the kind of each identifier that stands in `text` (lower case)."""
    for word in set(_WORD.findall(text)) & forms.words.keys():
        for written, kind in forms.words[word]:
            if written in text:
                yield kind
    for match in _DATE.finditer(text):
        day = _date(match)
        if day in forms.dates:
            yield forms.dates[day]


def _date(match: re.Match[bytes]) -> dt.date | None:
    year = match["y"] or match["y2"] or match["y3"]
    month = (
        _MONTHS.get(match["m3"], 0) if match["m3"] else int(match["m"] or match["m2"])
    )
    try:
        return dt.date(int(year), month, int(match["d"] or match["d2"] or match["d3"]))
    except ValueError:
        return None


def _encodings(text: str) -> set[bytes]:
    """Give the bytes of `text`, with accents and without, in upper and lower case."""
    bare = unicodedata.normalize("NFKD", text.replace("ł", "l").replace("Ł", "L"))
    bare = "".join(sign for sign in bare if not unicodedata.combining(sign))
    written = set()
    for spelling in {text, text.upper(), text.lower(), bare}:
        for codec in ("utf-8", "latin-1", "iso8859-2", "cp1250"):
            try:
                written.add(spelling.encode(codec).lower())
            except UnicodeEncodeError:
                continue
    return written
