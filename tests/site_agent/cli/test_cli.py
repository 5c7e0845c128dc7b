"""The command line starts at once, and says what it can do."""

from __future__ import annotations

import subprocess
import sys

import pytest
from typer.testing import CliRunner

from site_agent.cli import COMMANDS, app


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
