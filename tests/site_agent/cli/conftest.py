"""The command line as a person types it, and a site with a frozen manifest."""

from __future__ import annotations

import hashlib
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from protos.specification import Specification
from protos.statistics_pb2 import (
    AGE_50_59,
    FEMALE,
    GE,
    NEGATIVE,
    ROUTINE_CHECK_UP,
    Observation,
)
from site_agent.cli import main
from site_agent.config import SitePaths
from site_agent.manifest import Manifest
from site_agent.membership import Membership
from site_agent.store import Store
from site_agent.study import AuditedFile, AuditedStudy, Facts


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str


Type = Callable[..., Ended]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Type:
    def run(*arguments: object) -> Ended:
        monkeypatch.setattr(sys, "argv", ["site-agent", *map(str, arguments)])
        monkeypatch.setenv("COLUMNS", "200")
        code = 0
        try:
            main()
        except SystemExit as ended:
            code = int(ended.code or 0)
        written = capsys.readouterr()
        return Ended(code, written.out, written.err)

    return run


@pytest.fixture
def site(member: Membership, run: Type) -> Type:
    """Type a command with this site's home."""

    def at_home(*arguments: object) -> Ended:
        return run(*arguments, "--home", member.paths.home)

    return at_home


def freeze(paths: SitePaths, studies: int = 12, *, first: int = 0) -> Manifest:
    """Accept some studies and freeze all that are accepted."""
    with Store(paths) as store:
        for number in range(first, first + studies):
            content = b"film %d" % number
            digest = hashlib.sha256(content).hexdigest()
            report = hashlib.sha256(b"{}").hexdigest()
            study = AuditedStudy(
                study=f"S{number:015}",
                patient=f"P{number:015}",
                primary=AuditedFile("primary.dcm", digest),
                supplementary=(),
                report=AuditedFile("report.json", report),
                facts=Facts(
                    age=AGE_50_59,
                    sex=FEMALE,
                    year=2021,
                    vendor=GE,
                    device="D1",
                    indication=ROUTINE_CHECK_UP,
                ),
                labels=dict.fromkeys(Observation.values()[1:], NEGATIVE),
                methods=("113100",),
            )
            store.accept(study, {"primary.dcm": content, "report.json": b"{}"})
        return store.freeze(Specification(), now=int(time.time()) + first)


@pytest.fixture
def frozen(member: Membership) -> Manifest:
    return freeze(member.paths)


def home_of(folder: Path) -> set[str]:
    """Name everything below a folder."""
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}
