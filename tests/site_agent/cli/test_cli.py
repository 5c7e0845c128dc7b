"""The command line starts at once, and says what it can do."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from site_agent.cli import COMMANDS, app, main


def test_start_imports_nothing_heavy() -> None:
    script = (
        "import sys; from site_agent.cli import main; sys.argv[1:] = ['--version']\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "heavy = {'torch', 'monai', 'flwr', 'grpc', 'pydicom', 'numpy', 'google'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    ended = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    version, imported = ended.stdout.splitlines()
    assert version.startswith("site-agent ")
    assert imported == "[]"


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_its_help(command: str) -> None:
    result = CliRunner().invoke(app, [command, "--help"])
    assert result.exit_code == 0
    assert f"site-agent {command}" in result.output


def test_overview_lists_every_command() -> None:
    result = CliRunner().invoke(app, ["--help"], prog_name="site-agent")
    assert result.exit_code == 0
    for command in COMMANDS:
        assert f"  {command} " in result.output


def test_unknown_command_is_refused() -> None:
    assert CliRunner().invoke(app, ["export"]).exit_code == 2


def test_unexpected_failure_shows_its_place_and_not_what_it_says(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def failing() -> None:
        error = ValueError("DOE^JOHN")
        error.add_note("of MRN 76543")
        error.add_note('  File "worker.py", line 7, in decode\n')
        raise error

    monkeypatch.setattr("site_agent.cli.app", failing)
    with pytest.raises(SystemExit) as ended:
        main()
    shown = capsys.readouterr().err
    assert ended.value.code == os.EX_SOFTWARE
    assert "ValueError" in shown
    assert "in failing" in shown
    assert "in decode" in shown
    assert "76543" not in shown
    assert "DOE^JOHN" not in shown
