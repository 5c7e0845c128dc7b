"""``site-agent sample``, as a data manager uses it after a run."""

from __future__ import annotations

import errno
import hashlib
import re
from pathlib import Path

import pytest

from protos.statistics_pb2 import (
    AGE_50_59,
    FEMALE,
    GE,
    NEGATIVE,
    ROUTINE_CHECK_UP,
    Observation,
)
from site_agent.membership import Membership
from site_agent.store import Store
from site_agent.study import AuditedFile, AuditedStudy, Disposition, Facts, ReasonCode
from tests.site_agent.cli.conftest import Type
from tests.site_agent.inbox import film, put


@pytest.fixture
def accepted(member: Membership) -> list[str]:
    """Six accepted studies of one film each."""
    with Store(member.paths) as store:
        for number in range(6):
            files = {"primary.dcm": film(number), "report.json": b"{}"}
            primary, report = (
                AuditedFile(name, hashlib.sha256(content).hexdigest())
                for name, content in files.items()
            )
            study = AuditedStudy(
                study=f"S{number:015}",
                patient=f"P{number:015}",
                primary=primary,
                supplementary=(),
                report=report,
                facts=Facts(AGE_50_59, FEMALE, 2021, GE, "D1", ROUTINE_CHECK_UP),
                labels=dict.fromkeys(Observation.values()[1:], NEGATIVE),
                methods=("113100",),
            )
            store.accept(study, files, input_token=f"token {number}")
    return [f"S{number:015}" for number in range(6)]


def drawn(out: str) -> str:
    match = re.search(r"^sample ([0-9a-f]{12})$", out, re.MULTILINE)
    assert match
    return match[1]


def test_sample_is_drawn_looked_at_and_found_again(
    site: Type, member: Membership, accepted: list[str]
) -> None:
    ended = site("sample", "pixels", "--size", 4)
    assert ended.code == 0
    sample = drawn(ended.out)
    sheet = member.paths.samples / sample
    assert len(list(sheet.glob("*.png"))) == 4
    shown = set(re.findall(r"S\d{15}", (sheet / "index.html").read_text()))
    assert len(shown) == 4
    assert shown < set(accepted)
    assert "nobody has looked yet" in site("sample", "list").out
    ended = site("sample", "confirm", sample, "--reader", "A. B.")
    assert "0 of 4 films show text" in ended.out
    assert "no more than 52.7%" in ended.out
    assert "A. B.: 0 with text" in site("sample", "list").out


def test_same_seed_gives_the_same_sample_again(site: Type, accepted: list[str]) -> None:
    one, again, other = (
        drawn(site("sample", "pixels", "--size", 3, "--seed", seed).out)
        for seed in ("may", "may", "june")
    )
    assert one == again != other


def test_study_with_text_on_a_film_is_quarantined(
    site: Type, member: Membership, accepted: list[str]
) -> None:
    sample = drawn(site("sample", "pixels", "--size", 4).out)
    page = (member.paths.samples / sample / "index.html").read_text()
    third = re.findall(r"S\d{15}", page)[2]
    ended = site("sample", "confirm", sample, "--reader", "AB", "--text", 3)
    assert f"{third} is quarantined" in ended.out
    with Store(member.paths) as store:
        row = store.row(third)
        assert row is not None
        assert row.disposition is Disposition.QUARANTINED
        assert [reason.code for reason in row.reasons] == [ReasonCode.BURNED_IN]
        assert row.input == f"token {int(third[1:])}"
        assert len(list(store.accepted())) == 5
    assert site("sample", "confirm", sample, "--reader", "CD", "--text", 3).code == 0


def test_what_is_not_there_is_a_message(site: Type, accepted: list[str]) -> None:
    sample = drawn(site("sample", "pixels", "--size", 2).out)
    for arguments, said in (
        ((sample, "--reader", "AB", "--text", 3), "films 1 to 2"),
        (("0" * 12, "--reader", "AB"), "no sample"),
        ((sample, "--reader", " "), "who looked"),
    ):
        ended = site("sample", "confirm", *arguments)
        assert ended.code != 0
        assert said in ended.err


def test_without_studies_there_is_no_sample(site: Type) -> None:
    assert "no accepted studies" in site("sample", "pixels").err
    assert "No sample was drawn" in site("sample", "list").out


def test_films_of_a_folder_give_a_sheet_and_leave_nothing_noted(
    run: Type, tmp_path: Path
) -> None:
    for number in range(5):
        put(tmp_path / f"clean/study{number}/{number}.dcm", film(number))
    arguments = ("--from", tmp_path / "clean", "--to", tmp_path / "sheet", "--size", 3)
    ended = run("sample", "pixels", *arguments)
    assert ended.code == 0
    assert len(list((tmp_path / "sheet").glob("*.png"))) == 3
    assert "new or empty" in run("sample", "pixels", *arguments).err
    assert "--from" in run("sample", "pixels", "--to", tmp_path / "other").err


def test_folder_of_one_study_and_one_without_films(run: Type, tmp_path: Path) -> None:
    put(tmp_path / "clean/study/1.dcm", film(1))
    for source, sheet in (("clean/study", "one"), ("clean", "two")):
        to = tmp_path / sheet
        arguments = ("--from", tmp_path / source, "--to", to)
        assert run("sample", "pixels", *arguments).code == 0
        assert [path.name for path in to.glob("*.png")] == ["001.png"]
    (tmp_path / "none").mkdir()
    arguments = ("--from", tmp_path / "none", "--to", tmp_path / "three")
    ended = run("sample", "pixels", *arguments)
    assert ended.code != 0
    assert "no films below" in ended.err
    assert not (tmp_path / "three").exists()


def test_sheet_that_cannot_be_written_is_a_message(
    run: Type, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(path: Path, content: bytes) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("site_agent.durable.write", fail)
    put(tmp_path / "clean" / "film.dcm", film())
    to = tmp_path / "sheet"
    ended = run("sample", "pixels", "--from", tmp_path / "clean", "--to", to)
    assert ended.code
    assert "sheet cannot be written: No space left on device" in ended.err
