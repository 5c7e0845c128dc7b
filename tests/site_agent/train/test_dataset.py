import numpy as np
import pytest

from protos.statistics_pb2 import Observation
from site_agent.errors import TrainingRefused
from site_agent.train import dataset
from tests.site_agent.train.films import audited, film

ROOT = bytes(range(32))


def gradient(rows, columns):
    return np.add.outer(np.arange(rows), np.arange(columns)) * 4095 // (rows + columns)


@pytest.fixture
def manifest(tmp_path):
    studies, films = [], []
    for number in range(6):
        content = film(gradient(80, 64) + number)
        path = tmp_path / f"film-{number}.dcm"
        path.write_bytes(content)
        films.append(path)
        studies.append(audited(f"S{number}", f"P{number // 2}", content))
    return studies, films


def load(manifest, tmp_path, size=16):
    studies, films = manifest
    return dataset.load(
        studies, films, root=ROOT, image_size=size, cache=tmp_path / "train"
    )


def test_manifest_becomes_square_images_with_labels(manifest, tmp_path):
    examples = load(manifest, tmp_path)
    assert examples.images.shape == (6, 16, 16)
    assert examples.values.shape == examples.mask.shape == (6, 14)
    assert examples.patients == ("P0", "P0", "P1", "P1", "P2", "P2")


def test_second_load_reads_no_film(manifest, tmp_path):
    first = load(manifest, tmp_path)
    for path in manifest[1]:
        path.unlink()
    assert np.array_equal(load(manifest, tmp_path).images, first.images)


def test_damaged_cache_is_made_again(manifest, tmp_path):
    first = load(manifest, tmp_path)
    (kept,) = (tmp_path / "train").glob("*.npy")
    content = bytearray(kept.read_bytes())
    content[-1] ^= 1
    kept.write_bytes(content)
    assert np.array_equal(load(manifest, tmp_path).images, first.images)
    assert kept.read_bytes() != content


def test_another_size_has_its_own_cache(manifest, tmp_path):
    load(manifest, tmp_path)
    assert load(manifest, tmp_path, size=8).images.shape == (6, 8, 8)


def test_exchanged_and_missing_films_are_counted_and_refused(manifest, tmp_path):
    manifest[1][0].write_bytes(film(gradient(80, 64) + 9))
    manifest[1][1].unlink()
    with pytest.raises(TrainingRefused, match="2 films are missing or not those"):
        load(manifest, tmp_path)
    assert not (tmp_path / "train").exists()


def test_frozen_film_that_cannot_be_decoded_is_refused(tmp_path):
    path = tmp_path / "film.dcm"
    path.write_bytes(b"not DICOM")
    manifest = ([audited("S1", "P1", b"not DICOM")], [path])
    with pytest.raises(TrainingRefused, match="1 films cannot be decoded"):
        load(manifest, tmp_path)


def test_monochrome1_shows_the_same_picture():
    pixels = gradient(64, 64)
    inverted = film(4095 - pixels, "MONOCHROME1")
    plain = dataset.square(film(pixels), 16).astype(int)
    assert np.abs(dataset.square(inverted, 16).astype(int) - plain).max() <= 1


def test_square_is_the_middle_and_spans_the_grey_scale():
    pixels = np.zeros((40, 100))
    pixels[:, 30:70] = 1000
    pixels[0, 0] = 1
    image = dataset.square(film(pixels), 8)
    assert image.min() == image.max() == 65535


def test_area_mean_keeps_the_mean():
    image = np.random.default_rng(1).random((30, 30)).astype(np.float32)
    assert dataset._area(image, 10).mean() == pytest.approx(image.mean(), rel=1e-5)
    assert dataset._area(image, 45).shape == (45, 45)


def test_blank_film_is_no_division_by_zero():
    assert dataset.square(film(np.full((8, 8), 7)), 4).max() == 0


def test_patient_with_two_studies_is_on_one_side(manifest, tmp_path):
    train, hold_out = load(manifest, tmp_path).split()
    assert not set(train.patients) & set(hold_out.patients)
    assert len(train) + len(hold_out) == 6


def test_a_third_of_the_patients_is_held_out():
    share = np.mean([dataset.held_out(f"P{number}") for number in range(3000)])
    assert share == pytest.approx(1 / 3, abs=0.03)


def test_blank_labels_are_masked_but_no_finding(manifest, tmp_path):
    content = film(gradient(8, 8))
    path = tmp_path / "one.dcm"
    path.write_bytes(content)
    study = audited("S1", "P1", content, positive=[Observation.EDEMA])
    examples = load(([study], [path]), tmp_path, size=4)
    assert examples.values[0].tolist().count(1.0) == 1
    assert examples.mask.all()
