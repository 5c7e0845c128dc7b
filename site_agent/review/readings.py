"""Samples that were drawn here, who looked at them, and what was seen (``site.db``)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from site_agent.errors import StoreError
from site_agent.review.sampling import Film, Sample
from site_agent.store import Store
from site_agent.study import Disposition, Reason, ReasonCode, Refusal


@dataclass(frozen=True, slots=True)
class Reading:
    """One reader's look at a whole sample: when (UTC seconds), and films with text."""

    reader: str
    given_at: int
    with_text: int


def keep(store: Store, sample: Sample, *, now: int) -> None:
    """Note which films are to be looked at; a sample that is noted already stays."""
    with store.transaction() as database:
        new = database.execute(
            "INSERT OR IGNORE INTO samples (sample, seed, root, drawn_at) "
            "VALUES (?, ?, ?, ?)",
            (sample.id, sample.seed, sample.root, now),
        )
        if new.rowcount:
            database.executemany(
                "INSERT INTO sampled_films (sample, number, study, name, sha256) "
                "VALUES (?, ?, ?, ?, ?)",
                [
                    (sample.id, number, film.study, film.name, film.sha256)
                    for number, film in enumerate(sample.films, 1)
                ],
            )


def find(store: Store, sample: str) -> Sample:
    """Return a sample by its id.

    Raises
    ------
    StoreError
        There is none.
    """
    with store.transaction() as database:
        row = database.execute(
            "SELECT seed, root FROM samples WHERE sample = ?", (sample,)
        ).fetchone()
        if row is None:
            raise StoreError(
                f"There is no sample {sample} here. `site-agent sample list` has all."
            )
        films = database.execute(
            "SELECT study, name, sha256 FROM sampled_films WHERE sample = ? "
            "ORDER BY number",
            (sample,),
        )
        return Sample(row[0], row[1], tuple(Film(*film) for film in films))


def confirm(
    store: Store, sample: str, reader: str, with_text: Collection[int], *, now: int
) -> list[str]:
    """Note that `reader` saw all films of a sample, and which of them had text.

    A study with text on a film is quarantined; those that were accepted until now are
    returned.

    Raises
    ------
    StoreError
        There is no such sample, or no film of that number in it.
    """
    films = find(store, sample).films
    numbers = range(1, len(films) + 1)
    if strange := sorted(set(with_text) - set(numbers)):
        raise StoreError(
            f"Sample {sample} has films 1 to {len(numbers)}, and none of number "
            f"{strange[0]}."
        )
    with store.transaction() as database:
        database.executemany(
            "INSERT INTO film_verdicts (sample, number, reader, verdict, given_at) "
            "VALUES (?, ?, ?, ?, ?)",
            [
                (sample, each, reader, "text" if each in with_text else "clean", now)
                for each in numbers
            ],
        )
    studies = sorted({films[number - 1].study for number in with_text})
    return [study for study in studies if _quarantine(store, study)]


def readings(store: Store) -> Iterator[tuple[str, int, Sequence[Reading]]]:
    """Yield every sample, the oldest first: its id, its films, who looked at them."""
    with store.transaction() as database:
        samples = database.execute(
            "SELECT sample, count(*) FROM samples JOIN sampled_films USING (sample) "
            "GROUP BY sample ORDER BY drawn_at, sample"
        ).fetchall()
        looks = database.execute(
            "SELECT sample, reader, given_at, sum(verdict = 'text') FROM film_verdicts "
            "GROUP BY sample, reader, given_at ORDER BY given_at, reader"
        ).fetchall()
    for sample, films in samples:
        yield sample, films, [Reading(*look[1:]) for look in looks if look[0] == sample]


def _quarantine(store: Store, study: str) -> bool:
    row = store.row(study)
    if row is None or row.disposition is not Disposition.ACCEPTED:
        return False
    seen = Reason(ReasonCode.BURNED_IN, "seen in a sample")
    store.refuse(study, Refusal((seen,)), row.input)
    return True
