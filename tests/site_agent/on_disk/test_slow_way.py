"""Films by way of pydicom: for what the engine declines."""

import pytest

from site_agent.deidentify.header.options import Options
from site_agent.errors import UnreadableFile
from site_agent.on_disk.slow_way import convert_by_pydicom
from tests.site_agent.deidentify.both_ways import PSEUDONYMS, as_bytes
from tests.site_agent.deidentify.chest_film import chest_film


def test_a_film_of_several_studies_is_refused_and_names_no_folder(tmp_path):
    film = chest_film()
    film.StudyInstanceUID = ["1.2.3", "1.2.4"]
    path = tmp_path / "film.dcm"
    path.write_bytes(as_bytes(film))
    with pytest.raises(UnreadableFile, match="several studies"):
        convert_by_pydicom(path, PSEUDONYMS, Options())


def test_a_claim_that_nobody_checked_is_told_of(tmp_path):
    film = chest_film()
    film.SOPClassUID = "1.2.840.10008.5.1.4.1.1.1.1"  # Digital X-Ray: type 1
    film.file_meta.MediaStorageSOPClassUID = film.SOPClassUID
    film.BurnedInAnnotation = "NO"
    path = tmp_path / "film.dcm"
    path.write_bytes(as_bytes(film))
    converted = convert_by_pydicom(path, PSEUDONYMS, Options())
    assert converted is not None
    assert converted.claims_no_text
