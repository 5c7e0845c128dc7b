"""`consortium`: the researcher's client, over the coordinator's HTTP API.

It needs nothing else of this program: only httpx, an address and a password. The token
of the session is kept in a file of mode 0600 and is good for twelve hours.
"""

from __future__ import annotations

import hashlib
import json
import os
import ssl
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import httpx
import typer
import typer.core

typer.core.HAS_RICH = False  # It escapes "[required]" for Rich, which is not used here.

TIMEOUT_SECONDS = 30.0

app = typer.Typer(
    name="consortium",
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
plan = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, help="Training plans and permits."
)
model = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, help="Models that were kept."
)
app.add_typer(plan, name="plan")
app.add_typer(model, name="model")


class ClientError(Exception):
    """An expected failure; the message says what to do next."""


@app.callback()
def consortium() -> None:
    """Train on a consortium's chest films without seeing one."""


# ---------------------------------------------------------------------------- session


@app.command()
def login(
    address: Annotated[
        str, typer.Argument(help="Address of the coordinator, https://HOST:PORT.")
    ],
    username: Annotated[str, typer.Option(help="Name of your account.")],
    password_file: Annotated[
        Path | None,
        typer.Option(
            exists=True,
            dir_okay=False,
            help="File (mode 0600) with the password on its first line; without it "
            "the password is asked for.",
        ),
    ] = None,
    ca_certificate: Annotated[
        Path | None,
        typer.Option(
            exists=True,
            help="Certificate (PEM) that the coordinator's leads to, where it is not "
            "one of the system's.",
        ),
    ] = None,
) -> None:
    """Log in; the session lasts twelve hours."""
    _require_private(address)
    session = {"address": address.rstrip("/")}
    if ca_certificate is not None:
        session["ca_certificate"] = str(ca_certificate.absolute())
    asked = {"username": username, "password": _password(password_file)}
    with _client(session) as client:
        answer = client.post("session", json=asked)
        if answer.status_code == httpx.codes.UNAUTHORIZED:
            raise ClientError("username or password is wrong")
        answer = _checked(answer).json()
    _keep(session | {"token": answer["token"]})
    until = _day(answer["expires_at"])
    typer.echo(f"{answer['username']} ({answer['role']}) until {until} UTC")


def _require_private(address: str) -> None:
    """Refuse to send a password over a line that others can read."""
    url = httpx.URL(address)
    loopback = url.host in ("localhost", "127.0.0.1", "::1")
    if url.scheme not in ("http", "https") or not url.host:
        raise ClientError("the address must be like https://HOST:PORT")
    if url.scheme == "http" and not loopback:
        raise ClientError(
            "http:// would send the password where others can read it; use https://, "
            "or http:// on this machine only"
        )


def _password(file: Path | None) -> str:
    if file is not None:
        if file.stat().st_mode & 0o077:
            raise ClientError(f"others can read {file}; run `chmod 600` on it")
        password = file.read_text(encoding="utf-8").partition("\n")[0].rstrip("\r")
    elif sys.stdin.isatty():
        password = str(typer.prompt("Password", hide_input=True))
    else:
        password = sys.stdin.readline().rstrip("\n")
    if not password:
        raise ClientError("the password is missing; --help says how to give it")
    return password


def _session_file() -> Path:
    home = os.environ.get("HILUM_CONSORTIUM_HOME")
    return (Path(home) if home else Path.home() / ".hilum") / "session.json"


def _keep(session: dict[str, str]) -> None:
    path = _session_file()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    beside = path.with_suffix(".new")
    beside.unlink(missing_ok=True)
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(session, file)
    beside.replace(path)


@contextmanager
def _coordinator() -> Iterator[httpx.Client]:
    """Open the line of the session that `login` began."""
    try:
        session = json.loads(_session_file().read_text())
    except (OSError, ValueError):
        raise ClientError("you are not logged in; run `consortium login`") from None
    with _client(session) as client:
        yield client


@contextmanager
def _client(session: dict[str, str]) -> Iterator[httpx.Client]:
    verify: ssl.SSLContext | bool = True
    if "ca_certificate" in session:
        verify = ssl.create_default_context(cafile=session["ca_certificate"])
    token = session.get("token")
    try:
        with httpx.Client(
            base_url=f"{session['address']}/api/v1/",
            headers={"Authorization": f"Bearer {token}"} if token else {},
            verify=verify,
            timeout=TIMEOUT_SECONDS,
        ) as client:
            yield client
    except httpx.TransportError as error:
        raise ClientError(
            f"the coordinator at {session['address']} cannot be reached "
            f"({type(error).__name__}); is the address right?"
        ) from None


def _checked(answer: httpx.Response) -> httpx.Response:
    """Return the answer if it is a good one; else raise with all its reasons."""
    if answer.is_success:
        return answer
    answer.read()
    try:
        reasons = [str(reason) for reason in answer.json()["reasons"]]
    except (ValueError, KeyError, TypeError):
        reasons = [f"the coordinator answered {answer.status_code}"]
    if answer.status_code == httpx.codes.UNAUTHORIZED:
        reasons.append("run `consortium login`")
    raise ClientError("\n".join(reasons))


def _get(path: str) -> Any:
    with _coordinator() as client:
        return _checked(client.get(path)).json()


# ---------------------------------------------------------------------------- dataset


@app.command()
def progress() -> None:
    """Show how far the dataset has come, and its released versions."""
    told = _get("progress")
    typer.echo(f"{told['dataset']}: {told['studies']:,} of {told['target']:,} studies")
    for site, count in told["sites"].items():
        typer.echo(f"  {site}: about {count:,}")
    released = [each for each in _get("versions") if each["state"] == "released"]
    for version in released:
        sites = ", ".join(version["sites"])
        typer.echo(f"version {version['version']}: {sites}")
    if not released:
        typer.echo("no version is released yet")


# ------------------------------------------------------------------------------ plans


@plan.command()
def submit(
    file: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, help="The plan, TOML.")
    ],
) -> None:
    """Submit a training plan; the sites then decide on its permit."""
    toml = {"Content-Type": "application/toml"}
    with _coordinator() as client:
        answer = _checked(client.post("plans", content=file.read_bytes(), headers=toml))
    made = answer.json()
    typer.echo(
        f"{made['plan']} waits for {made['quorum']} approvals and for each site's "
        f"consent, until {_day(made['valid_until'])} UTC; then it runs by itself."
    )


@plan.command("list")
def list_plans() -> None:
    """List all plans."""
    _show(
        ("plan", "title", "version", "state", "approved", "consent"),
        [
            (
                each["plan"],
                each["title"],
                each["version"],
                each["state"],
                f"{_approving(each['approvals'])} of {each['quorum']}",
                f"{_approving(each['consents'])}",
            )
            for each in _get("plans")
        ],
        empty="no plans yet; submit one with `consortium plan submit`",
    )


@plan.command("show")
def show_plan(
    plan_id: Annotated[str, typer.Argument(metavar="PLAN", help="The plan's name.")],
) -> None:
    """Show one plan, who has decided what, and what was submitted."""
    told = _get(f"plans/{plan_id}")
    typer.echo(f"{told['plan']}: {told['title']} ({told['state']})")
    typer.echo(f"submitted by {told['researcher']}, {_day(told['submitted_at'])} UTC")
    for what in ("approvals", "consents"):
        cast = ", ".join(f"{site} {word}" for site, word in told[what].items())
        typer.echo(f"{what}: {cast or 'none yet'}")
    typer.echo(f"\n{told['toml'].rstrip()}")


# ------------------------------------------------------------------------------- runs


@app.command()
def runs(
    plan_id: Annotated[
        str | None,
        typer.Argument(metavar="[PLAN]", help="A plan, to see its figures."),
    ] = None,
) -> None:
    """List all runs, or the figures of one by round and site."""
    if plan_id is not None:
        _show(
            ("round", "site", "figure", "value"),
            [
                (
                    each["round"],
                    each["site"] or "all",
                    each["name"],
                    f"{each['value']:g}",
                )
                for each in _get(f"runs/{plan_id}/metrics")
            ],
            empty="no figures yet",
        )
        return
    _show(
        ("plan", "title", "state", "rounds", "started", "ended", "detail"),
        [
            (
                each["plan"],
                each["title"],
                each["state"],
                f"{each['rounds_done']} of {each['rounds']}",
                _day(each["started_at"]),
                _day(each["finished_at"]),
                each["detail"],
            )
            for each in _get("runs")
        ],
        empty="no runs yet; one begins when a permit is in force",
    )


# ----------------------------------------------------------------------------- models


@model.command("list")
def list_models() -> None:
    """List all models."""
    _show(
        ("sha-256", "plan", "title", "round", "made"),
        [
            (
                each["sha256"],
                each["plan"],
                each["title"],
                each["round"],
                _day(each["recorded_at"]),
            )
            for each in _get("models")
        ],
        empty="no models yet",
    )


Digest = Annotated[str, typer.Argument(metavar="SHA256", help="The model's digest.")]


@model.command()
def get(
    sha256: Digest,
    output: Annotated[
        Path | None,
        typer.Option(help="File for the model; SHA256.safetensors by default."),
    ] = None,
) -> None:
    """Download a model (safetensors) and check its digest."""
    path = output or Path(f"{sha256[:16]}.safetensors")
    beside = path.with_name(f".{path.name}.part")
    if not path.parent.is_dir():
        raise ClientError(f"there is no folder {path.parent}")
    digest = hashlib.sha256()
    try:
        with (
            _coordinator() as client,
            client.stream("GET", f"models/{sha256}/file") as answer,
            beside.open("wb") as file,
        ):
            for chunk in _checked(answer).iter_bytes():
                digest.update(chunk)
                file.write(chunk)
        if digest.hexdigest() != sha256:
            raise ClientError("what came is not the model with this digest; try again")
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
    typer.echo(f"{path}: {path.stat().st_size:,} bytes, digest as asked for")


@model.command()
def card(sha256: Digest) -> None:
    """Show a model's card: version, sites, rounds, figures, code."""
    with _coordinator() as client:
        typer.echo(_checked(client.get(f"models/{sha256}/card")).text.rstrip())


# --------------------------------------------------------------------------- terminal


def _approving(decisions: dict[str, str]) -> int:
    return list(decisions.values()).count("approve")


def _day(seconds: int | None) -> str:
    if seconds is None:
        return "-"
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M")


def _show(head: Sequence[str], rows: Sequence[Sequence[object]], *, empty: str) -> None:
    if not rows:
        typer.echo(empty)
        return
    table = [list(head), *([str(cell) for cell in row] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for row in table:
        cells = (f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True))
        typer.echo("  ".join(cells).rstrip())


def main() -> None:
    """Run the command line; an expected failure is one message and exit code 1."""
    try:
        app()
    except ClientError as error:
        typer.echo(f"consortium: {error}", err=True)
        sys.exit(1)
