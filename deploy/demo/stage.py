"""Where the story plays: the folder, the programs, the hospitals, the people."""

from __future__ import annotations

import re
import secrets
import shlex
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from rich.console import Console

from deploy.demo import kept
from deploy.demo.programs import ChapterFailed, Programs, Running

CONSORTIUM = "demo.hilum.example"
PEOPLE = ("admin", "researcher")
"""Accounts at the coordinator, named by their roles."""

_MARKER = ".hilum-demo"
_SECONDS = 20.0
"""Deadline of one request to the coordinator."""


@dataclass(frozen=True, slots=True)
class Site:
    """One hospital: its short name, its inbox, its home."""

    name: str
    inbox: Path
    home: Path


@dataclass(slots=True)
class Stage:
    """What the chapters share. `figures` become ``summary.json``."""

    folder: Path
    console: Console
    programs: Programs
    data: Path | None
    studies: int
    sites: list[Site] = field(default_factory=list)
    figures: dict[str, Any] = field(default_factory=dict)

    @property
    def coordinator(self) -> Path:
        """Home of the coordinator."""
        return self.folder / "coordinator"

    @property
    def key(self) -> Path | None:
        """The answer key of hospitals that were made here; None for others."""
        return None if self.data else self.folder / "inboxes" / "answer_key"

    def password_file(self, name: str) -> Path:
        """Give the file with a person's password, made up when first asked for."""
        file = self.folder / "people" / f"{name}.password"
        if not file.exists():
            file.parent.mkdir(exist_ok=True)
            file.touch(mode=0o600)
            file.write_text(secrets.token_urlsafe(12) + "\n")
        return file

    def say(self, text: str) -> None:
        """Print one line of the story."""
        self.console.print(f"  {text}")

    def quote(self, line: str) -> None:
        """Print one line of what a program said, as much of it as fits."""
        line = "    " + re.sub(r"(?<=\S) {2,}", "  ", line)
        self.console.print(
            line, style="cyan", markup=False, no_wrap=True, overflow="ellipsis"
        )

    def show(self, *command: str | Path, stays: bool = False) -> None:
        """Print a command as one would type it in the demonstration's folder."""
        typed = shlex.join(str(word).replace(f"{self.folder}/", "") for word in command)
        line = f"  $ {typed}{' &' if stays else ''}"
        self.console.print(line, style="dim", markup=False, soft_wrap=True)

    def site_agent(self, site: Site, *arguments: str | Path, deadline: float) -> str:
        """Run one command of a hospital's site agent."""
        command = ("site-agent", *arguments, "--home", site.home)
        self.show(*command)
        return self.programs.run(*command, deadline=deadline)

    def coordinate(self, *arguments: str | Path, deadline: float = 60) -> str:
        """Run one command of the coordinator."""
        command = ("coordinator", *arguments, "--home", self.coordinator)
        self.show(*command)
        return self.programs.run(*command, deadline=deadline)

    def serve(self, *command: str, home: Path) -> Running:
        """Start a program that stays, in the background."""
        self.show(*command, "--home", home, stays=True)
        return self.programs.start(*command, home=home)

    def api(self, path: str, *, user: str = "admin") -> Any:
        """Read from the coordinator's HTTP API as one of its people.

        Raises
        ------
        ChapterFailed
            If it answers anything but 200.
        """
        with httpx.Client(base_url=self.figures["console"], timeout=_SECONDS) as client:
            password = self.password_file(user).read_text().strip()
            who = {"username": user, "password": password}
            session = client.post("/api/v1/session", json=who)
            token = {"Authorization": f"Bearer {session.json().get('token')}"}
            answer = client.get(f"/api/v1/{path}", headers=token)
        if answer.status_code != httpx.codes.OK:
            raise ChapterFailed(
                f"the coordinator answered {answer.status_code} to GET {path}: "
                f"{answer.text[:300]}"
            )
        return answer.json()


def prepare(folder: Path) -> Path:
    """Make the folder of a demonstration, or clear that of an earlier one.

    Raises
    ------
    ChapterFailed
        If it holds anything that is not a demonstration's.
    """
    folder = folder.absolute()
    marker = folder / _MARKER
    if folder.exists() and any(folder.iterdir()) and not marker.exists():
        raise ChapterFailed(
            f"{folder} is not empty and was not made by a demonstration; nothing was "
            "touched. Name another folder with OUT=DIR."
        )
    if folder.exists():
        kept.stop(folder)
        for entry in folder.iterdir():
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry)
            elif entry != marker:
                entry.unlink()
    folder.mkdir(parents=True, exist_ok=True)
    marker.write_text("Made by `make demo`, which clears this folder.\n")
    return folder


def hospitals_in(data: Path) -> list[Path]:
    """Find the inboxes ``DIR/site-N`` with ``images/`` and ``reports/``.

    Raises
    ------
    ChapterFailed
        If there is none, or one lacks a folder.
    """
    found = [path for path in data.glob("site-*") if path.is_dir()]
    found.sort(key=lambda path: [int(part) for part in re.findall(r"\d+", path.name)])
    faults = [
        f"{path.name}/{name} is missing"
        for path in found
        for name in ("images", "reports")
        if not (path / name).is_dir()
    ]
    if not found:
        faults = ["it holds no folder site-1, site-2, ..."]
    if faults:
        raise ChapterFailed(f"{data} is no set of inboxes: {'; '.join(faults)}")
    return found
