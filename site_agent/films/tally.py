"""What became of the files of a run: counted, and written to the report and the map."""

from __future__ import annotations

import csv
import json
import os
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from site_agent.deidentify.header.options import Options
from site_agent.deidentify.header.profile import load_profile
from site_agent.durable import beside
from site_agent.on_disk.account import Row


@dataclass
class Tally:
    """Takes in what became of each file.

    Parameters
    ----------
    source : Path
        The folder of the files.
    reveal : callable or None
        Told which file was left out, and why. Names may identify.
    """

    source: Path
    reveal: Callable[[str], None] | None = None
    written: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
    passed_over: Counter[str] = field(default_factory=Counter)
    _report: IO[str] | None = None
    _map: Any = None

    def written_to(self, report: Path | None, map_file: Path | None) -> ExitStack:
        """Open the files for the report and the map: whole at the end, or nothing."""
        stack = ExitStack()
        for path in filter(None, (report, map_file)):
            path.parent.mkdir(parents=True, exist_ok=True)
        if report is not None:
            self._report = stack.enter_context(beside(report))
        if map_file is not None:
            self._map = csv.writer(stack.enter_context(beside(map_file)))
            self._map.writerow(("input", "output"))
        return stack

    def add(self, path: Path, row: Row, text: str) -> None:
        """Take in what became of one file; `text` is its row as JSON (`batch.Tell`)."""
        if "file" in row:
            self.written += 1
        elif "left_out" in row:
            self.left_out[row["left_out"]] += 1
            if self.reveal is not None:
                self.reveal(f"{printable(str(path))}: {row['left_out']}")
        else:
            self.passed_over[row["passed_over"]] += 1
        if self._report is not None:
            self._report.write(text + "\n")
        if self._map is not None and "file" in row:
            name = os.fsencode(path.relative_to(self.source)).decode("utf-8", "replace")
            self._map.writerow((name, row["file"]))

    def end_report(self, options: Options) -> None:
        """Write the report's last line: the numbers, and the profile behind them."""
        if self._report is None:
            return
        profile = f"PS3.15 {load_profile().edition} Annex E"
        summary = {
            "profile": profile,
            "methods": options.methods,
            "written": self.written,
            "left_out": self.left_out,
            "passed_over": self.passed_over,
        }
        self._report.write(json.dumps({"summary": summary}) + "\n")

    def summary(self) -> Iterator[str]:
        """Say how many files went where, by reason."""
        yield f"{self.written} files written."
        for why, number in self.passed_over.items():
            yield f"{number} passed over: {why}."
        for why, number in self.left_out.items():
            yield f"{number} left out: {why}"
        if self.left_out and self.reveal is None:
            yield "Which they are: the same command with --reveal."


def printable(name: str) -> str:
    r"""Give a file's name for a terminal, with ``\x1b`` for what would steer it."""
    return "".join(
        each if each.isprintable() else each.encode("unicode_escape").decode("ascii")
        for each in name
    )
