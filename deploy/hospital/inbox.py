"""Lay out a hospital's export on disk: images, reports, everything odd, and the key.

``DIR/site-N/images`` and ``DIR/site-N/reports`` are the inbox. ``DIR/answer_key`` says
what ought to become of every study and lists every identifier that was planted; it
belongs to whoever checks the programs and is never given to them.
"""

from __future__ import annotations

import os
import shutil
import unicodedata
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np

from deploy.hospital import film, header
from deploy.hospital.key import planted, write_key
from deploy.hospital.people import Visit, make_uid
from deploy.hospital.plan import Study, plan
from deploy.hospital.reports import write_reports


def make(folder: Path, *, hospitals: int, studies: int, seed: int) -> list[Path]:
    """Write the inboxes and their answer key.

    Parameters
    ----------
    folder : pathlib.Path
        An empty or new folder.
    hospitals : int
        How many inboxes.
    studies : int
        Studies per hospital that ought to be accepted; the odd ones come on top.
    seed : int
        The same seed gives the same people, findings and files.

    Returns
    -------
    list of pathlib.Path
        The inboxes ``folder/site-1`` and on.
    """
    plans = [plan(number, studies, seed) for number in range(1, hospitals + 1)]
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        jobs = [
            pool.submit(write_study, folder / f"site-{each.hospital.number}", study)
            for each in plans
            for study in each.studies
        ]
        for each in plans:
            home = folder / f"site-{each.hospital.number}"
            write_reports(home / "reports", each)
            write_clutter(home / "images")
            write_key(folder / "answer_key" / home.name, map(_key_line, each.studies))
        for job in jobs:
            job.result()
    return [folder / f"site-{each.hospital.number}" for each in plans]


def _key_line(study: Study) -> dict[str, object]:
    kind = study.kind
    return planted(
        study.hospital, study.visit, kind.name, kind.disposition, kind.reason
    )


def write_study(home: Path, study: Study) -> None:
    """Write the image files of one study below ``home/images``."""
    rng = np.random.default_rng([study.seed, study.hospital.number, study.number])
    device, images = study.visit.device, home / "images"
    uid = make_uid(rng)
    for instance, view in enumerate(study.kind.views, 1):
        path = images / _place(study, view, instance)
        if study.kind.name == "stray-ct":
            header.save(header.stray_ct(study.hospital, study.visit, rng), path)
            continue
        shape = (device.rows, device.columns)
        if study.kind.name == "small":
            shape = (1024, 1024)
        attributes = header.film_header(
            study.hospital, study.visit, view, instance, rng
        )
        bits = 8 if study.kind.name == "eight-bit" else 12
        pixels = film.draw(study.findings, view, shape, rng)
        if study.kind.name == "burned-in":
            film.write(pixels, _caption(study.visit))
        header.add_pixels(attributes, pixels, bits=bits, inverted=device.inverted)
        if study.kind.name == "conflicting":
            attributes.SOPInstanceUID = uid
        for keyword, value in _FLAWS.get(study.kind.name, {}).items():
            setattr(attributes, keyword, value)
        header.save(attributes, path, compressed=study.number % 12 == 0 and bits == 12)
        if study.kind.name == "truncated":
            content = path.read_bytes()
            path.write_bytes(content[: len(content) // 3])
        if study.kind.name == "duplicate":
            copy = images / "COPY OF EXPORT" / path.relative_to(images)
            copy.parent.mkdir(parents=True)
            shutil.copyfile(path, copy)


def _caption(visit: Visit) -> str:
    """Say who is on the film, as consoles once did: in letters that ASCII has."""
    person, birth = visit.patient.person, visit.patient.birth
    caption = f"{person.family}, {person.given}  {birth:%d.%m.%Y}".upper()
    plain = unicodedata.normalize("NFKD", caption).encode("ascii", "ignore")
    return plain.decode()


_FLAWS: dict[str, dict[str, object]] = {
    "no-vendor": {"Manufacturer": ""},
    "no-age": {"PatientAge": "", "PatientBirthDate": ""},
    "no-patient-id": {"PatientID": ""},
    "burned-in": {"BurnedInAnnotation": "YES"},
    "announced-text": {"BurnedInAnnotation": "YES"},  # and nobody can find any
    "hand": {
        "BodyPartExamined": "HAND",
        "AnatomicRegionSequence": header.code_sequence("85562004", "SCT", "Hand"),
        "StudyDescription": "Hand radiograph",
        "SeriesDescription": "Hand PA",
        "ProtocolName": "Hand PA",
    },
}
"""Attributes that make a study odd."""


def _place(study: Study, view: str, instance: int) -> Path:
    """Place a file: every hospital's export has its own habits."""
    number, visit = study.number, study.visit
    layout = (study.hospital.number - 1) % 3
    if layout == 0:
        return Path(
            f"DICOM/PA{number:06d}/ST{number:06d}/SE{instance:06d}/IM{instance:06d}"
        )
    if layout == 1:
        return Path(f"{visit.day:%Y/%m/%d}/{visit.accession}/{view}{instance}.dcm")
    person = visit.patient.person
    owner = f"{person.family}_{person.given}_{visit.patient.birth:%Y%m%d}".upper()
    return (
        Path(f"Export {visit.day.year} (1)/{owner}/CHEST {visit.day:%d-%m-%Y} {number}")
        / f"DX.{instance}.DCM"
    )


def write_clutter(images: Path) -> None:
    """Write what lies beside the images on a burnt disc or in an export."""
    images.mkdir(parents=True, exist_ok=True)
    (images / "AUTORUN.INF").write_text("[autorun]\nopen=viewer.exe\n", "ascii")
    (images / "README.TXT").write_text("This medium holds DICOM images.\n", "ascii")
    (images / "Thumbs.db").write_bytes(b"")
