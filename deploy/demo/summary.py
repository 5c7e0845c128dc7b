"""What the demonstration ends with: the figures, on the screen and in a file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

from deploy.demo.residue import Residue

_DISPOSITIONS = ("accepted", "rejected", "quarantined")


def aurocs(
    metrics: list[dict[str, Any]], sites: list[str]
) -> dict[str, dict[str, float]]:
    """Give the AUROC of the last round, by label and site, where it was computed.

    Parameters
    ----------
    metrics : list of dict
        The answer of ``/api/v1/runs/{plan}/metrics``.
    sites : list of str
        Short names of the hospitals.
    """
    named = [each for each in metrics if each["name"].startswith("auroc-")]
    last = max((each["round"] for each in named), default=0)
    table: dict[str, dict[str, float]] = {}
    for each in named:
        if each["round"] == last and each["site"] in sites:
            label = each["name"].removeprefix("auroc-").replace("-", " ")
            table.setdefault(label, {})[each["site"]] = each["value"]
    return table


def show(console: Console, figures: dict[str, Any]) -> None:
    """Print the tables."""
    sites = list(figures["studies"])
    console.print(_studies(figures["studies"]))
    console.print(_left(figures["left"]))
    if figures["auroc"]:
        table = Table(
            "observation", *sites, title="AUROC on the third held out", box=box.SIMPLE
        )
        for label, values in sorted(figures["auroc"].items()):
            cells = (f"{values[site]:.2f}" if site in values else "" for site in sites)
            table.add_row(label, *cells)
        console.print(table)
    else:
        console.print(
            "  AUROC: at no hospital does a label have ten positive and ten negative "
            "held-out studies, so none was computed"
        )


def _studies(studies: dict[str, Any]) -> Table:
    table = Table(title="What came in, and what became of it", box=box.SIMPLE)
    table.add_column("hospital")
    for disposition in _DISPOSITIONS:
        table.add_column(disposition, justify="right")
    table.add_column("why refused")
    for site, told in studies.items():
        counts = told["dispositions"]
        why = "\n".join(
            f"{name}: {reasons}"
            for name in _DISPOSITIONS
            if (reasons := _reasons(told["reasons"], name))
        )
        cells = (counts.get(name, 0) for name in _DISPOSITIONS)
        table.add_row(site, *map(str, cells), why)
    return table


def _reasons(reasons: list[dict[str, Any]], disposition: str) -> str:
    return ", ".join(
        f"{each['reason']} {each['studies']}"
        for each in reasons
        if each["disposition"] == disposition
    )


def _left(left: dict[str, Any]) -> Table:
    kinds = sorted({kind for entries in left.values() for kind in entries})
    table = Table("kind", *left, title="What left each hospital, bytes", box=box.SIMPLE)
    for column in table.columns[1:]:
        column.justify = "right"
    for kind in kinds:
        cells = (entries.get(kind, {}).get("bytes", 0) for entries in left.values())
        table.add_row(kind, *(f"{size:,}" for size in cells))
    return table


def told(residue: Residue, folder: Path) -> str:
    """Say in one line what the search for identifiers found."""
    size = f"{residue.size / 1e6:,.0f} MB in {residue.files} files"
    if not residue.found:
        return f"none of {residue.identifiers} planted identifiers in {size}"
    where = ", ".join(
        f"{kind} in {path.relative_to(folder)}" for path, kind in residue.found[:5]
    )
    return f"{len(residue.found)} identifiers in {size}: {where}"


def write(path: Path, figures: dict[str, Any]) -> None:
    """Write ``summary.json``."""
    path.write_text(json.dumps(figures, indent=1, sort_keys=True) + "\n", "utf-8")
