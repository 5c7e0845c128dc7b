"""The documentation names what exists, and everything that exists is documented."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import click
import pytest
import typer

ROOT = Path(__file__).parents[1]
PAGES = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", *ROOT.glob("docs/**/*.md")])
PROGRAMS = {
    "site-agent": ("site_agent.cli", "docs/hospital.md"),
    "coordinator": ("coordinator.cli", "docs/admin.md"),
    "consortium": ("coordinator.client", "docs/researcher.md"),
}
"""The module whose `app` is the program, and the page of those who use it."""


def root_command(program: str) -> click.Command:
    app = import_module(PROGRAMS[program][0]).app
    return typer.main.get_command(app) if isinstance(app, typer.Typer) else app


def leaves(
    command: click.Command, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """All commands that do something, with the words that call them."""
    if not isinstance(command, click.Group):
        yield path, command
        return
    context = click.Context(command)
    for name in command.list_commands(context):
        child = command.get_command(context, name)
        assert child is not None, f"{name} is listed and cannot be loaded"
        yield from leaves(child, (*path, name))


def commands(program: str) -> dict[str, click.Command]:
    found = leaves(root_command(program))
    return {" ".join((program, *path)): command for path, command in found}


def summary(command: click.Command) -> str:
    """First sentence of a command's help, as the list of commands shows it."""
    return command.get_short_help_str(limit=1000).rstrip(".")


def code(page: Path) -> str:
    """Give what stands in code blocks and between backticks."""
    text = page.read_text("utf-8")
    blocks = re.findall(r"```[a-z]*\n(.*?)```", text, re.DOTALL)
    spans = re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL))
    return "\n".join((*blocks, *spans)).replace("\\\n", " ")


def typed(text: str) -> Iterator[tuple[str, list[str]]]:
    """Each line on which one of the programs is called: the program, its arguments."""
    for line in text.splitlines():
        words = line.split("#")[0].removeprefix("$ ").strip().split()
        words = words[1:] if words[:1] == ["."] else words
        if words and words[0].removeprefix(".venv/bin/") in PROGRAMS and words[1:]:
            yield words[0].removeprefix(".venv/bin/"), words[1:]


@pytest.mark.parametrize("program", PROGRAMS)
def test_page_lists_every_command_with_its_help_and_no_others(program: str) -> None:
    page = (ROOT / PROGRAMS[program][1]).read_text("utf-8")
    rows = re.findall(rf"(?m)^\| `({program} [a-z -]+)` \| (.+?) \|$", page)
    expected = {name: summary(command) for name, command in commands(program).items()}
    assert dict(rows) == expected
    assert [name for name, _ in rows] == list(expected)


@pytest.mark.parametrize("program", PROGRAMS)
def test_every_command_and_option_has_a_help_text(program: str) -> None:
    for name, command in commands(program).items():
        assert command.help, name
        for parameter in command.params:
            if isinstance(parameter, click.Option):
                assert parameter.help, f"{name} {parameter.opts}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_that_is_shown_exists(page: Path) -> None:
    for program, arguments in typed(code(page)):
        command, path = root_command(program), [program]
        for word in arguments:
            if not isinstance(command, click.Group) or word.startswith("-"):
                break
            found = command.get_command(click.Context(command), word)
            assert found is not None, f"{' '.join(path)} has no command {word}"
            command, path = found, [*path, word]
        known = {option for each in command.params for option in each.opts}
        known |= {option for each in command.params for option in each.secondary_opts}
        for word in arguments:
            if word.startswith("--"):
                option = word.split("=")[0].rstrip(",.;)")
                assert option in {*known, "--help"}, f"{' '.join(path)} has no {option}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    for link in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text("utf-8")):
        if not link.startswith("https://"):
            assert (page.parent / link).exists(), link


def test_every_decision_is_listed() -> None:
    listed = (ROOT / "docs/adr/README.md").read_text("utf-8")
    for page in (ROOT / "docs/adr").glob("0*.md"):
        assert f"({page.name})" in listed


def test_make_targets_that_are_shown_exist() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"(?m)^([a-z.]+):", makefile))
    for page in PAGES:
        for target in re.findall(r"(?m)\bmake ([a-z.]+)", code(page)):
            assert target in targets, f"{page.name}: make {target}"


def test_environment_variables_that_are_shown_are_read_by_a_program() -> None:
    source = "".join(
        path.read_text("utf-8")
        for package in ("site_agent", "coordinator")
        for path in (ROOT / package).rglob("*.py")
    )
    for page in PAGES:
        for name in set(re.findall(r"HILUM_[A-Z_]+", page.read_text("utf-8"))):
            assert name in source, f"{page.name}: {name}"
