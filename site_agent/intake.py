"""An inbox from its files to the store: several processes, interrupted at any point.

Who is behind a study goes into the vault before anything of it is kept; then come the
staged files, the folder's name, the row. A study whose row holds the token of exactly
this input is not processed again, so the next run goes on where a killed one stopped.
Only this process writes the vault and the database.
"""

from __future__ import annotations

import logging
import secrets
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from site_agent import folders
from site_agent.acquire.folder import Found, Ignored, look, unreadable
from site_agent.acquire.sorting import sort
from site_agent.acquire.walking import files_below
from site_agent.config import SitePaths
from site_agent.deidentify.vault import Vault
from site_agent.errors import ConfigurationError, StoreError
from site_agent.memory import give_back_at_once
from site_agent.pipeline import Staged, Tools, take
from site_agent.registration import Registration, identity, register
from site_agent.store import Store, StudyRow
from site_agent.study import Disposition, Reason, ReasonCode, Refusal
from site_agent.workers import Crashed, Workers, mute

PROCESSING = 7
"""Raised when the steps give other results for the same input, to process all anew."""

_FILES_A_TASK = 32
# An inbox that holds but a part of an accepted study takes nothing from it.
_LESS = frozenset(
    (
        ReasonCode.REPORT_MISSING,
        ReasonCode.STUDY_MISSING,
        ReasonCode.PROJECTION,
        ReasonCode.UNREADABLE,
    )
)
_PRELOAD = ("site_agent.memory", "site_agent.pipeline", "site_agent.intake")

Watch = Callable[[str, int, int], None]
"""Told what is done, how many of it, and of how many."""


@dataclass(frozen=True, slots=True)
class Summary:
    """What became of everything in the inbox, in this run and in earlier ones.

    `reasons` counts studies; one that is refused for two reasons is in both.
    `known` is how many of the studies had been processed before and were passed over.
    """

    studies: Mapping[Disposition, int]
    reasons: Mapping[tuple[Disposition, ReasonCode], int]
    ignored: Mapping[Ignored, int]
    known: int


def run(
    inboxes: Sequence[Path],
    *,
    paths: SitePaths,
    vault: Vault,
    tools: Tools,
    jobs: int,
    watch: Watch = lambda what, done, total: None,
) -> Summary:
    """Process everything in the inboxes that was not processed before.

    The caller holds the run's lock.

    Raises
    ------
    ConfigurationError
        An inbox is not there or cannot be listed.
    StoreError
        Something cannot be written; what was done until then is kept.
    """
    with Store(paths) as store:
        store.sweep()
        files = _list(inboxes, paths.home)
        inbox = sort(_scan(files, jobs, watch))
        _forget_vanished(store, vault)
        against = _against(tools)
        tasks = [
            register(arrival, tools.pseudonyms, against) for arrival in inbox.arrivals
        ]
        rows = {row.study: row for row in store.studies()}
        todo = [task for task in tasks if not _is_done(task, rows.get(task.study))]
        try:
            _process(todo, store=store, paths=paths, vault=vault, tools=tools,
                     jobs=jobs, watch=watch)  # fmt: skip
        except OSError as error:
            raise StoreError(
                f"The site's files cannot be written: {error.strerror}. What is done "
                "is kept; run again when there is room."
            ) from error
        rows = {row.study: row for row in store.studies()}
        ends = [rows[study] for study in {task.study for task in tasks} & rows.keys()]
    return Summary(
        studies=Counter(row.disposition for row in ends),
        reasons=Counter(
            (row.disposition, code)
            for row in ends
            for code in {reason.code for reason in row.reasons}
        ),
        ignored=inbox.ignored,
        known=len(tasks) - len(todo),
    )


def look_at(files: Sequence[Path]) -> list[Found]:
    """Look at some files; runs in a worker."""
    return [look(path) for path in files]


def _list(inboxes: Iterable[Path], home: Path) -> list[Path]:
    files: dict[Path, None] = {}
    own = home.resolve()
    for inbox in inboxes:
        if not inbox.is_dir():
            raise ConfigurationError(f"The inbox {inbox} is not a folder.")
        if own.is_relative_to(inbox.resolve()) or inbox.resolve().is_relative_to(own):
            raise ConfigurationError(
                f"The inbox {inbox} and the site's home lie within each other, so that "
                "what is kept would come in again. Keep them apart."
            )
        try:
            files.update(dict.fromkeys(files_below(inbox.resolve())))
        except OSError as error:
            raise ConfigurationError(
                f"A folder of the inbox {inbox} cannot be listed: {error.strerror}."
            ) from error
    return list(files)


def _scan(files: Sequence[Path], jobs: int, watch: Watch) -> list[Found]:
    """Look at all files, several at once; the result is in the order of `files`."""
    chunks = [
        tuple(files[start : start + _FILES_A_TASK])
        for start in range(0, len(files), _FILES_A_TASK)
    ]
    looked: dict[Path, list[Found]] = {}
    with Workers(look_at, jobs=jobs, setup=_silence, preload=_PRELOAD) as workers:
        for chunk, found in workers.map(chunks):
            if isinstance(found, Crashed):
                found = [unreadable(path) for path in chunk]
            looked[chunk[0]] = found
            watch("reading headers", sum(map(len, looked.values())), len(files))
    return [one for chunk in chunks for one in looked[chunk[0]]]


def _process(
    todo: Sequence[Registration],
    *,
    store: Store,
    paths: SitePaths,
    vault: Vault,
    tools: Tools,
    jobs: int,
    watch: Watch,
) -> None:
    # Workers of a killed run write into a folder that nobody looks at any more.
    staging = paths.staging / secrets.token_hex(4)
    staging.mkdir(mode=0o700)

    def remembered() -> Iterator[Registration]:
        for task in todo:
            vault.remember(task.study, identity(task.arrival))
            yield task

    try:
        with Workers(
            _work, jobs=jobs, setup=_equip, arguments=(tools, staging), preload=_PRELOAD
        ) as workers:
            for done, (task, outcome) in enumerate(workers.map(remembered()), 1):
                _record(task, outcome, store)
                watch("processing studies", done, len(todo))
    finally:
        folders.remove(staging)  # with what workers left that crashed, or were stopped


def _record(
    task: Registration, outcome: Staged | Refusal | Crashed, store: Store
) -> None:
    if isinstance(outcome, Staged):
        store.admit(outcome.study, outcome.folder, task.token, settles=task.settles)
        return
    refusal = _CRASHED if isinstance(outcome, Crashed) else outcome
    row = store.row(task.study)
    kept = row is not None and row.disposition is Disposition.ACCEPTED
    if kept and {reason.code for reason in refusal.reasons} <= _LESS:
        return
    store.refuse(
        task.study, refusal, task.token, place=task.place, settles=task.settles
    )


def _against(tools: Tools) -> list[object]:
    """Give what the same input is processed with; with another it is processed anew."""
    return [
        PROCESSING,
        tools.specification.sha256.hex(),
        tools.options.dates,
        sorted(tools.staff),
        None if tools.may_stay is None else sorted(tools.may_stay),
        tools.language,
    ]


def _is_done(task: Registration, row: StudyRow | None) -> bool:
    """Tell whether a row holds the outcome of exactly this input.

    What broke while it was processed, and not by what its file is, is tried again.
    """
    if row is None or row.input != task.token:
        return False
    broke = any(reason.code is ReasonCode.UNREADABLE for reason in row.reasons)
    return not broke or any(
        reason.code is ReasonCode.UNREADABLE for reason in task.arrival.reasons
    )


def _forget_vanished(store: Store, vault: Vault) -> None:
    """Drop entries without StudyInstanceUID whose files are no longer there.

    Nothing else would ever explain them: a better export has another name.
    """
    placed = [row.study for row in store.studies() if row.place is not None]
    if not placed:
        return
    identities = vault.identities()
    for study in placed:
        known = identities.get(study, {})
        sources = [*_texts(known.get("images")), *_texts(known.get("reports"))]
        if sources and not any(Path(source).exists() for source in sources):
            store.forget(study)


def _texts(value: object) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else []


# ------------------------------------------------------------------------ in a worker

_CRASHED = Refusal((Reason(ReasonCode.UNREADABLE, "a decoder crashed"),))
_equipment: list[tuple[Tools, Path]] = []


def _silence() -> None:
    """Keep libraries from logging: they quote the values that they complain of."""
    logging.disable(logging.CRITICAL)


def _equip(tools: Tools, staging: Path) -> None:
    _silence()
    mute()
    give_back_at_once()
    _equipment[:] = [(tools, staging)]


def _work(task: Registration) -> Staged | Refusal:
    ((tools, staging),) = _equipment
    return take(task.arrival, tools, staging)
