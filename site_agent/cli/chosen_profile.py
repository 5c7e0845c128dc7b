"""The profile that a command is told to apply: by name, by names, or in a file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from site_agent.deidentify.header.options import Dates, Options, options_named
from site_agent.errors import ConfigurationError

BASIC = "basic"

Profile = Annotated[
    str,
    typer.Option(
        "--profile",
        metavar="NAME|FILE",
        help="The profile: `basic`, or with options of PS3.15 E.3 after it, as in "
        "`basic+clean-descriptors+retain-uids`; or a TOML file with `options` and "
        "`dates`.",
    ),
]


def chosen_options(profile: str, dates: Dates | None) -> Options:
    """Give the options that a profile names; `dates` has the last word about dates.

    Raises
    ------
    ConfigurationError
        When the file cannot be read or holds something else, or a name is no option.
    """
    try:
        if profile.endswith(".toml"):
            options = _from_file(Path(profile))
        else:
            first, *names = profile.split("+")
            if first != BASIC:
                raise ValueError(
                    f"A profile begins with {BASIC} or is a file that ends in .toml."
                )
            options = options_named(names)
    except ValueError as error:
        raise ConfigurationError(f"--profile: {error}") from None
    return Options(dates, options.others) if dates is not None else options


def _from_file(path: Path) -> Options:
    import tomllib

    try:
        table: dict[str, Any] = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise ConfigurationError(
            f"--profile: the file cannot be read: {error.strerror}."
        ) from None
    names, dates = table.pop("options", []), table.pop("dates", Dates.REMOVE)
    if table:
        raise ValueError(f"{', '.join(table)}: not known. Only options and dates are.")
    if not isinstance(names, list) or not all(isinstance(each, str) for each in names):
        raise ValueError("options is no list of names.")
    if dates not in list(Dates):
        raise ValueError(f"dates is none of {', '.join(Dates)}.")
    return options_named(names, Dates(dates))
