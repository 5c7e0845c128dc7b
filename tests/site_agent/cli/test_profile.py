"""``site-agent profile show``: what a data protection officer reads, and programs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from site_agent.cli import app
from site_agent.cli.chosen_profile import chosen_options
from site_agent.deidentify.header.options import Dates, Option, Options
from site_agent.deidentify.header.profile import load_profile
from site_agent.errors import ConfigurationError


def shown(*arguments: str) -> str:
    result = CliRunner().invoke(app, ["profile", "show", *arguments])
    assert result.exit_code == 0, result.output
    return result.output


def rules(*arguments: str) -> dict[str, dict[str, str]]:
    table = json.loads(shown(*arguments, "--json"))
    return {line["tag"]: line for line in table["rules"]}


def test_table_names_every_row_of_the_standard_and_says_what_the_codes_mean() -> None:
    text = shown()
    assert "2026d" in text
    assert "X removed" in text
    missing = [
        tag
        for tag in load_profile().rules
        if f"({tag >> 16:04X},{tag & 0xFFFF:04X})" not in text
    ]
    assert missing == []


def test_json_has_the_codes_that_the_films_will_have() -> None:
    table = json.loads(shown("--profile", "basic+clean-graphics", "--json"))
    assert [each["code"] for each in table["methods"]] == ["113100", "113103"]


def test_option_changes_the_rows_that_it_is_for_and_is_named_there() -> None:
    basic, kept = rules(), rules("--profile", "basic+retain-institution-identity")
    assert basic["(0008,0080)"]["code"] == "X/Z/D"
    assert kept["(0008,0080)"]["action"] == "kept"
    assert kept["(0008,0080)"]["because"] == "retain-institution-identity"
    changed = {tag for tag in basic if basic[tag] != kept[tag]}
    assert len(changed) == 10


def test_dates_option_goes_before_the_profile(tmp_path: Path) -> None:
    file = tmp_path / "p.toml"
    file.write_text('dates = "shift"\noptions = ["retain_uids"]\n')
    assert chosen_options(str(file), None) == Options(
        Dates.SHIFT, frozenset({Option.UIDS})
    )
    assert chosen_options(str(file), Dates.REMOVE).dates is Dates.REMOVE


@pytest.mark.parametrize(
    "text",
    ['option = ["retain-uids"]', 'options = "retain-uids"', 'dates = "keep"', "= ="],
)
def test_file_that_says_something_else_is_refused(text: str, tmp_path: Path) -> None:
    file = tmp_path / "p.toml"
    file.write_text(text)
    with pytest.raises(ConfigurationError, match="--profile"):
        chosen_options(str(file), None)
