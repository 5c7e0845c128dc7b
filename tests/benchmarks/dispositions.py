"""Run hospital inboxes and compare what became of every study with an answer key.

    python -m tests.benchmarks.dispositions DIR [--jobs N] [--keep FOLDER]

`DIR` holds ``site-N`` (an inbox each) and ``answer_key/site-N/studies.jsonl``. Every
site is run by `site-agent run` in a home of its own, and `site-agent studies --json
--reveal` tells which files are behind each entry. Every difference is printed, those
that are only named differently apart. Exit 0 when no other difference is left.

The key rejects what cannot be read and what lacks a report; here both are quarantined,
because the data manager can mend them. A film with burned-in text may be quarantined.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from site_agent.config import SitePaths, template
from site_agent.deidentify.vault import Vault, make_key_file, read_secret

AGENT = (sys.executable, "-m", "site_agent.cli")
QUARANTINED_HERE = {"unreadable", "report-missing"}


def main() -> int:
    """Run every site, print the table, and tell whether all agree."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--jobs", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--keep", type=Path, help="where to make the sites' homes")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        homes = options.keep or Path(temporary)
        different = sum(
            run_site(inbox, options.folder / "answer_key", homes, options.jobs)
            for inbox in sorted(options.folder.glob("site-*"))
        )
    print(f"differences={different}")
    return 1 if different else 0


def run_site(inbox: Path, key: Path, homes: Path, jobs: int) -> int:
    """Run one site, and return how many studies are not as the key has them."""
    home = homes / inbox.name
    make_home(home)
    started = time.monotonic()
    agent(home, "run", str(inbox), "--jobs", str(jobs))
    seconds = time.monotonic() - started
    found = json.loads(agent(home, "studies", "--json", "--reveal"))
    print(
        f"{inbox.name}: {len(found)} entries in {seconds:.1f} s, "
        f"{len(found) / seconds:.1f}/s, "
        f"{dict(Counter(entry['disposition'] for entry in found))}"
    )
    lines = (key / inbox.name / "studies.jsonl").read_text().splitlines()
    notes = Counter[str]()
    different = 0
    for expected in map(json.loads, lines):
        verdict = compare(expected, by_file(found, inbox))
        if verdict.startswith("!"):
            different += 1
            print(f"  {expected['study']} ({expected['kind']}) {verdict[2:]}")
        notes[verdict.lstrip("! ")] += 0 if verdict.startswith("!") else 1
    for note, count in notes.items():
        if count:
            print(f"  {count:4} {note}")
    strays = [entry for entry in found if not entry["identity"]["images"]]
    reasons = Counter(reason for entry in strays for reason in codes(entry))
    if strays:
        print(f"  {len(strays):4} reports without study: {dict(reasons)}")
    return different


def compare(
    expected: Mapping[str, Any], entries: Mapping[str, Mapping[str, Any]]
) -> str:
    """Say how a study of the key came out; a real difference starts with ``!``."""
    paths = [file["path"] for file in expected["files"]]
    behind = {path: entries.get(path) for path in paths}
    lost = [path for path, entry in behind.items() if entry is None]
    if lost:
        return f"! {len(lost)} of its files are behind no entry"
    met = {entry["study"]: entry for entry in behind.values() if entry is not None}
    if len(met) > 1:
        return "! its files are behind several entries"
    (entry,) = met.values()
    wanted, why = expected["disposition"], expected["reason"]
    got, reasons = entry["disposition"], codes(entry)
    told = f"{wanted} {why} -> {got} {' '.join(reasons)}".replace("  ", " ").strip()
    if wanted == got and (not why or why in reasons):
        return "agrees"
    if got == "quarantined" and why in QUARANTINED_HERE and why in reasons:
        return f"named differently: {told}"
    burned = any(file.get("burned_in") for file in expected["files"])
    if burned and got == "quarantined" and reasons == ["burned-in"]:
        return f"burned-in text: {told}"
    if wanted == got == "rejected":
        return f"rejected for other reasons: {told}"
    return f"! {told}"


def codes(entry: Mapping[str, Any]) -> list[str]:
    """Give the codes of an entry's reasons."""
    return [reason["code"] for reason in entry["reasons"]]


def by_file(found: list[dict[str, Any]], inbox: Path) -> dict[str, dict[str, Any]]:
    """Map each source file, relative to the inbox, to its entry."""

    def pairs() -> Iterator[tuple[str, dict[str, Any]]]:
        for entry in found:
            identity = entry["identity"]
            for path in (*identity["images"], *identity["copies"]):
                yield Path(path).relative_to(inbox.resolve()).as_posix(), entry

    return dict(pairs())


def make_home(home: Path) -> None:
    """Make a site that can run an inbox; it needs no certificate for that."""
    home.mkdir(parents=True)
    paths = SitePaths(home)
    paths.config.write_text(
        template(site=home.name, consortium="bench", address="a:1", enrolment="a:2")
    )
    make_key_file(paths.vault_key)
    Vault.create(paths.vault, read_secret(paths.vault_key, None))


def agent(home: Path, *arguments: str) -> str:
    """Run the site agent; what it says of its progress stays on the terminal."""
    ended = subprocess.run(
        (*AGENT, *arguments, "--home", str(home)),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return ended.stdout


if __name__ == "__main__":
    sys.exit(main())
