"""``site.toml`` is checked as a whole, and tells all its faults at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from protos.article30_pb2 import FEDERATED_TRAINING, RESEARCH_6_1_E_9_2_J
from site_agent.config import (
    SiteConfig,
    SitePaths,
    Specification,
    read_specification,
    template,
)
from site_agent.errors import ConfigurationError

TEXT = template(
    site="site-1", consortium="demo", address="127.0.0.1:7443", enrolment="host:7444"
)


def faults(text: str, folder: Path = Path()) -> str:
    with pytest.raises(ConfigurationError) as caught:
        SiteConfig.parse(text, folder=folder)
    return str(caught.value)


def test_template_is_a_valid_configuration() -> None:
    config = SiteConfig.parse(TEXT, folder=Path())
    assert (config.site, config.coordinator) == ("site-1", "127.0.0.1:7443")
    assert FEDERATED_TRAINING in config.purposes
    assert config.legal_basis == RESEARCH_6_1_E_9_2_J
    assert config.dates == "remove"
    assert config.joint_controller is None


def test_words_with_quotes_survive_the_template() -> None:
    text = template(
        site="s", consortium="c", address="a:1", enrolment="a:2",
        controller='Klinik "Am\\Ring"',
    )  # fmt: skip
    parsed = SiteConfig.parse(text, folder=Path())
    assert parsed.controller.name == 'Klinik "Am\\Ring"'


def test_all_faults_are_told_at_once() -> None:
    text = (
        TEXT.replace('id = "site-1"', 'id = "Site 1"')
        .replace("127.0.0.1:7443", "nowhere")
        .replace("poll_seconds = 30", "poll_seconds = 0")
        .replace('dates = "remove"', 'dates = "keep"')
        .replace("third_countries = []", 'third_countries = ["Germany"]')
        .replace('language = "en"', 'language = "tlh"')
        .replace("enabled = true", "enabled = 1")
    )
    told = faults(text + "\n[surprise]\n")
    for fault in (
        "[site] id",
        "[coordinator] address",
        "[coordinator] poll_seconds",
        "[deidentification] dates",
        "[processing] third_countries",
        "[reports] language",
        "[training] enabled",
        "[surprise]",
    ):
        assert fault in told


def test_misspelled_setting_is_a_fault() -> None:
    assert "poll_second " in faults(TEXT.replace("poll_seconds", "poll_second"))


@pytest.mark.parametrize("text", ["[site", "site = 1", "controller = []"])
def test_what_is_no_table_is_a_fault(text: str) -> None:
    assert "site.toml" in faults(text)


def test_staff_list_is_read_from_its_file(tmp_path: Path) -> None:
    text = TEXT.replace("# staff =", "staff =")
    assert "[deidentification] staff" in faults(text, tmp_path)
    names = "\ufeffDr. Anna Höfig\n\n Bastian Ruppert \n"
    (tmp_path / "staff.txt").write_text(names, encoding="utf-8")
    config = SiteConfig.parse(text, folder=tmp_path)
    assert config.staff == ("Dr. Anna Höfig", "Bastian Ruppert")


def test_texts_that_may_stay_on_films_are_the_usual_ones_until_a_file_is_named(
    tmp_path: Path,
) -> None:
    config = SiteConfig.parse(TEXT, folder=tmp_path)
    assert config.scrub
    assert config.keep_text is None
    text = TEXT.replace("scrub = true", "scrub = false").replace(
        "# keep_text", "keep_text"
    )
    assert "[deidentification] keep_text" in faults(text, tmp_path)
    (tmp_path / "keep-text.txt").write_text("")
    config = SiteConfig.parse(text, folder=tmp_path)
    assert not config.scrub
    assert config.keep_text == ()


def test_folder_that_is_no_home_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="site-agent init"):
        SiteConfig.load(SitePaths(tmp_path))


def test_specification_is_the_first_one_until_the_coordinator_sends_another(
    tmp_path: Path,
) -> None:
    paths = SitePaths(tmp_path)
    assert read_specification(paths) == Specification()
    other = Specification(least_rows=1024)
    paths.specification.write_bytes(other.canonical)
    assert read_specification(paths) == other
    paths.specification.write_bytes(other.canonical + b" ")
    with pytest.raises(ConfigurationError, match="canonical"):
        read_specification(paths)
