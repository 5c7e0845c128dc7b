"""The synthetic hospital: what it plants is there, and its key tells the truth."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pydicom
import pytest

from deploy.hospital.film import Findings, draw, write
from deploy.hospital.inbox import make
from deploy.hospital.key import read_key
from deploy.hospital.letter import write_letter
from deploy.hospital.plan import ODD, plan

SMALL = (256, 256)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One hospital with an image of each kind."""
    folder = tmp_path_factory.mktemp("hospital")
    make(folder, hospitals=1, studies=4, seed=3)
    return folder


def films(folder: Path) -> list[Path]:
    return sorted(p for p in (folder / "site-1/images").rglob("IM*") if p.is_file())


def test_film_has_twelve_bits_and_the_shape_asked_for() -> None:
    film = draw(Findings(), "PA", (2320, 2048), np.random.default_rng(1))
    assert film.shape == (2320, 2048)
    assert film.dtype == np.uint16
    assert film.max() < 4096
    assert film.max() > 255


def test_same_seed_draws_the_same_film() -> None:
    first, second = (
        draw(Findings(), "PA", SMALL, np.random.default_rng(5)) for _ in range(2)
    )
    assert np.array_equal(first, second)


@pytest.mark.parametrize(
    ("findings", "region"),
    [
        (Findings(cardiomegaly=1.0), (slice(150, 180), slice(160, 200))),
        (
            Findings(pleural_effusion=1.0, right=False),
            (slice(140, 180), slice(190, 215)),
        ),
        (Findings(consolidation=1.0), (slice(90, 140), slice(60, 90))),
        (Findings(support_devices=True), (slice(76, 82), slice(58, 64))),
    ],
)
def test_finding_whitens_its_place(
    findings: Findings, region: tuple[slice, slice]
) -> None:
    rng = np.random.default_rng
    bare = draw(Findings(), "PA", SMALL, rng(2))[region].mean()
    assert draw(findings, "PA", SMALL, rng(2))[region].mean() > bare + 200


def test_pneumothorax_blackens_the_apex() -> None:
    region = (slice(50, 70), slice(60, 90))
    rng = np.random.default_rng
    bare = draw(Findings(), "PA", SMALL, rng(2))[region].mean()
    found = draw(Findings(pneumothorax=1.0), "PA", SMALL, rng(2))[region].mean()
    assert found < bare - 100


def letter_of(findings: Findings) -> str:
    study = plan(1, 1, 1).studies[0]
    letter = write_letter(
        study.hospital, study.visit, findings, np.random.default_rng(1)
    )
    return f"{letter.findings} {letter.impression}".lower()


def test_letter_negates_what_is_not_there() -> None:
    text = letter_of(Findings())
    assert "no pleural effusion" in text or "no evidence of pleural effusion" in text
    assert "no acute cardiopulmonary abnormality" in text


def test_letter_hedges_what_is_faint() -> None:
    assert "possible small right pleural effusion" in letter_of(
        Findings(pleural_effusion=0.2)
    )


def test_half_of_the_films_have_each_of_the_common_findings() -> None:
    studies = [s for s in plan(2, 84, 1).studies if s.kind.disposition == "accepted"]
    assert len(studies) == 84
    assert sum(s.findings.cardiomegaly > 0 for s in studies) == 42
    assert sum(s.findings.support_devices for s in studies) == 42
    assert sum(s.findings.pleural_effusion >= 0.5 for s in studies) in range(36, 43)


def test_a_tenth_of_the_patients_at_most_are_children() -> None:
    studies = [s for s in plan(3, 84, 1).studies if s.kind.disposition == "accepted"]
    assert 0 < sum(s.visit.age < 18 for s in studies) <= 8


def test_line_that_is_burned_in_stands_in_the_corner() -> None:
    film = np.zeros((300, 1200), np.uint16)
    write(film, "MAIER, ANNA  13.11.1957")
    assert film[60:100, 60:].any()
    assert not film[120:].any()


def test_key_names_every_kind_and_lies_outside_the_inbox(folder: Path) -> None:
    kinds = Counter(line["kind"] for line in read_key(folder / "answer_key/site-1"))
    assert Counter(kind.name for kind in ODD) <= kinds
    assert sum(kinds.values()) == 4 + len(ODD)
    assert not list((folder / "site-1").rglob("*key*"))


def test_every_planted_identifier_is_in_the_inbox(folder: Path) -> None:
    content = b"".join(path.read_bytes()[:20000] for path in films(folder))
    reports = list((folder / "site-1/reports").rglob("*.txt"))
    text = content.decode("latin-1") + "".join(p.read_text("latin-1") for p in reports)
    for line in read_key(folder / "answer_key/site-1"):
        if line["kind"] == "report-only":
            continue  # what only its images would show is nowhere
        for item in line["identifiers"]:
            if item["form"] in ("id", "uid", "text"):
                assert item["value"] in text, item["kind"]
            elif item["form"] == "name":
                assert item["family"] in text


def test_identifiers_stand_in_private_attributes_and_nested_sequences(
    folder: Path,
) -> None:
    film = pydicom.dcmread(films(folder)[0], stop_before_pixels=True)
    assert film.OtherPatientIDsSequence[0].PatientID
    block = film.private_block(0x0019, "HOSPITAL EXPORT 1.0")
    assert str(film.PatientName.family_name) in block[0x01].value


def test_duplicate_is_byte_for_byte_the_same(folder: Path) -> None:
    copies = folder / "site-1/images/COPY OF EXPORT"
    copy = next(p for p in copies.rglob("*") if p.is_file())
    original = folder / "site-1/images" / copy.relative_to(copies)
    assert copy.read_bytes() == original.read_bytes()


def test_same_seed_plans_the_same_hospital() -> None:
    assert plan(2, 6, 9) == plan(2, 6, 9)
