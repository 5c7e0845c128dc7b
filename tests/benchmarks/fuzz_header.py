"""Mutate headers by the hundred thousand and see that the engine stands it.

    python -m tests.benchmarks.fuzz_header [--count 1000000] [--seed 1] [--jobs 2]
        [--pydicom-every 50]

Every mutant of the corpus in ``tests.site_agent.deidentify.odd_films`` is
either declined or gives a file. It is a fault when the engine raises anything but
`Declined`, takes more than 5 s, or leaves a planted name in its output, except in bytes
that are the picture: a mutant may say that a name is its lookup table. Every 50th of
the mutants goes through pydicom too: what both can do must agree, and what the engine
declines must not leave a name there either. Exit 0 when there is no fault; a mutant
with one is written to ``build/fuzz``.
"""

from __future__ import annotations

import argparse
import io
import os
import random
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pydicom
from pydicom.encaps import encapsulate
from pydicom.uid import DeflatedExplicitVRLittleEndian

from site_agent.deidentify.header.denial import PICTURE_BYTES
from site_agent.deidentify.header.engine import Declined
from site_agent.deidentify.header.options import Dates, Options
from site_agent.deidentify.header.reading import UNREADABLE, quiet
from site_agent.errors import UnreadableFile
from tests.site_agent.deidentify.both_ways import (
    as_bytes,
    by_engine,
    by_pydicom,
    differences,
)
from tests.site_agent.deidentify.chest_film import again
from tests.site_agent.deidentify.compressed_films import CARRIERS, film_with
from tests.site_agent.deidentify.odd_films import CORPUS
from tests.site_agent.inbox import SYNTAXES

# In capitals alone a name cannot be told from a code string.
NAMES = (b"Reuter^", b"Krebs^", b"^Francisco", b"19571113", "山田".encode())
LONGEST_S = 5.0
PIECES = (
    b"\xff\xff\xff\xff",
    b"\xfe\xff\x00\xe0",
    b"\xfe\xff\x0d\xe0\0\0\0\0",
    b"\xfe\xff\xdd\xe0\0\0\0\0",
    b"SQ\0\0",
    b"UN\0\0",
    b"OB\0\0",
    b"\xe0\x7f\x10\x00",
    b"\\",
    b"\0",
    b"\x1b$B",
)
FOLDER = Path("build/fuzz")


@dataclass(frozen=True)
class Share:
    """What one process does: mutants `first`, `first` + `step`, ... below `count`."""

    first: int
    step: int
    count: int
    seed: int
    pydicom_every: int


def main() -> int:
    """Run, print what became of the mutants, and tell whether there was a fault."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--pydicom-every", type=int, default=50)
    options = parser.parse_args()
    shares = [
        Share(first, options.jobs, options.count, options.seed, options.pydicom_every)
        for first in range(options.jobs)
    ]
    total: Counter[str] = Counter()
    with ProcessPoolExecutor(options.jobs) as pool:
        for counted in pool.map(run, shares):
            total += counted
    for what, number in total.most_common():
        print(f"{number:9} {what}")
    faults = sum(number for what, number in total.items() if what.startswith("FAULT"))
    print(f"mutants={options.count} faults={faults}")
    return 1 if faults else 0


def run(share: Share) -> Counter[str]:
    """Try one share of the mutants."""
    seeds = [
        as_bytes(again(make(), syntax))
        for make in CORPUS.values()
        for syntax in SYNTAXES
        if syntax != DeflatedExplicitVRLittleEndian
    ]
    seeds += [
        as_bytes(film_with(encapsulate([content]), syntax))
        for syntax, content in CARRIERS
    ]
    counted: Counter[str] = Counter()
    for number in range(share.first, share.count, share.step):
        rng = random.Random(f"{share.seed}/{number}")  # noqa: S311  repeatable
        mutant = mutate(rng, seeds)
        is_compared = number % share.pydicom_every == 0
        outcome = attempt(mutant, is_compared=is_compared)
        counted[outcome] += 1
        if outcome.startswith("FAULT"):
            FOLDER.mkdir(parents=True, exist_ok=True)
            (FOLDER / f"{share.seed}-{number}.dcm").write_bytes(mutant)
    return counted


def mutate(rng: random.Random, seeds: Sequence[bytes]) -> bytes:
    """Change one file of the corpus at one to six places, mostly of its header."""
    content = bytearray(rng.choice(seeds))
    for _ in range(rng.choice((1, 1, 1, 2, 3, 6))):
        end = max(140, len(content) - rng.choice((0, 500)))
        at = rng.randrange(132, end)
        match rng.randrange(7):
            case 0:
                content[at] ^= 1 << rng.randrange(8)
            case 1:
                content[at] = rng.randrange(256)
            case 2:
                piece = rng.choice(PIECES)
                content[at : at + len(piece)] = piece
            case 3:
                del content[at : at + rng.choice((1, 2, 4, 8, 20))]
            case 4:
                length = rng.choice((2, 8, 12, 40))
                start = rng.randrange(132, end)
                content[at:at] = content[start : start + length]
            case 5:
                content[at : at + 2] = rng.choice((0, 2, 8, 255, 65535)).to_bytes(2)
            case _:
                other = rng.choice(seeds)
                start = rng.randrange(132, len(other))
                content[at : at + 16] = other[start : start + 16]
    return bytes(content)


def attempt(mutant: bytes, *, is_compared: bool) -> str:
    """De-identify one mutant, and say what came of it."""
    options = Options(list(Dates)[len(mutant) // 2 % len(Dates)])
    started = time.monotonic()
    result = None
    try:
        result = by_engine(mutant, options)
    except Declined as declined:
        outcome = f"declined: {declined}"
    except Exception as error:  # noqa: BLE001  any other is what is looked for
        return f"FAULT: {type(error).__name__}"
    else:
        outcome = "done"
    if time.monotonic() - started > LONGEST_S:
        return "FAULT: too slow"
    if result is not None and is_left(result):
        return "FAULT: a name is left"
    if is_compared:
        return compare(mutant, result, options) or outcome
    return outcome


def compare(mutant: bytes, result: bytes | None, options: Options) -> str:
    """Let pydicom do the same; empty where nothing speaks against it."""
    try:
        other = by_pydicom(mutant, options)
    except (UnreadableFile, *UNREADABLE):
        return ""
    if is_left(other):
        return "FAULT: a name is left by pydicom"
    if result is not None and differences(result, other):
        return "FAULT: both ways differ"
    return ""


def is_left(result: bytes) -> bool:
    """Whether a planted name stands in a file, beside bytes that are the picture."""
    if not any(name in result for name in NAMES):
        return False
    with quiet():
        film = pydicom.dcmread(io.BytesIO(result))
        for tag in PICTURE_BYTES:
            film.pop(tag, None)
        rest = as_bytes(film)
    return any(name in rest for name in NAMES)


if __name__ == "__main__":
    raise SystemExit(main())
