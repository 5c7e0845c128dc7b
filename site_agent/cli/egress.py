"""``site-agent egress``: read back what left this site, byte for byte."""

from __future__ import annotations

import base64
import json
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from site_agent.cli.options import DEFAULT_HOME, Home

if TYPE_CHECKING:
    from site_agent.egress import Ledger

egress = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    help="Read back everything that left this site, byte for byte.",
)


class Form(StrEnum):
    """How exact bytes are written out."""

    HEX = "hex"
    BASE64 = "base64"


@egress.command("list")
def list_entries(
    home: Home = DEFAULT_HOME,
    totals: Annotated[
        bool, typer.Option("--totals", help="Only number and bytes of each kind.")
    ] = False,
) -> None:
    """List every entry of the egress ledger, oldest first."""
    from site_agent import plain_words

    ledger = _ledger(home)
    if totals:
        for kind, (count, size) in sorted(ledger.totals().items()):
            typer.echo(f"{kind:<22} {count:>8} {size:>14} bytes")
        return
    typer.echo(f"{'number':>6}  {'written':<23}  {'kind':<20}{'bytes':>10}  state")
    for entry in ledger.entries():
        state = entry.state.value + (f" ({entry.run})" if entry.run else "")
        typer.echo(
            f"{entry.number:>6}  {plain_words.moment(entry.at)}  {entry.kind:<20}"
            f"{entry.size:>10}  {state}\n        sha256 {entry.digest.hex()}"
        )


@egress.command()
def show(
    number: Annotated[int, typer.Argument(help="Number from `egress list`.")],
    home: Home = DEFAULT_HOME,
    form: Annotated[
        Form | None,
        typer.Option("--bytes", help="Also write the exact bytes in this form."),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(help="Write the exact bytes to this file.", dir_okay=False),
    ] = None,
) -> None:
    """Show one entry: what it says in readable JSON, and its exact bytes."""
    from protos import codec
    from site_agent import outbox, plain_words
    from site_agent.errors import EgressError

    entry = _ledger(home).entry(number)
    facts = {
        "number": entry.number,
        "written": plain_words.moment(entry.at),
        "kind": entry.kind,
        "run": entry.run,
        "bytes": entry.size,
        "sha256": entry.digest.hex(),
        "state": entry.state.value,
        "leaf_index": entry.leaf_index,
        "reasons": entry.detail,
    }
    for name, value in facts.items():
        if value not in ("", None):
            typer.echo(f"{name:<12} {value}")
    if entry.content is None:
        typer.echo("Of a model chunk the ledger keeps digest and size.")
        return
    try:
        said = plain_words.readable(outbox.statement_of(entry))
        typer.echo(json.dumps(said, indent=2, ensure_ascii=False))
    except codec.Refused as error:
        typer.echo(f"This version cannot read it: {error}. Its bytes are kept.")
    if form is not None:
        encode = base64.b64encode if form is Form.BASE64 else bytes.hex
        text = encode(entry.content)
        typer.echo(text if isinstance(text, str) else text.decode())
    if output is not None:
        try:
            output.write_bytes(entry.content)
        except OSError as error:
            raise EgressError(f"The file cannot be written: {error}") from error


@egress.command()
def verify(home: Home = DEFAULT_HOME) -> None:
    """Check the whole ledger: nothing changed, removed, moved or cut off."""
    from google.protobuf.message import DecodeError

    from protos import envelope
    from protos.envelope_pb2 import Envelope
    from site_agent import identity
    from site_agent.config import SitePaths
    from site_agent.errors import EgressError

    ledger = _ledger(home)
    count = ledger.verify()
    key = identity.load(SitePaths(home).keys).signing_key.public_key()
    foreign = []
    for entry in ledger.entries():
        if entry.content is not None:
            try:
                signed = Envelope.FromString(entry.content)
                envelope.verify(signed, envelope.STATEMENT, [key.public_bytes_raw()])
            except (DecodeError, envelope.BadSignature):
                foreign.append(str(entry.number))
    if foreign:
        raise EgressError(
            f"The entries {', '.join(foreign)} are not signed by this site's key. "
            "Stop publishing and tell the data protection officer."
        )
    typer.echo(f"{count} entries, all in order, unchanged and signed by this site.")


def _ledger(home: Path) -> Ledger:
    from site_agent.config import SitePaths
    from site_agent.egress import Ledger
    from site_agent.errors import ConfigurationError

    paths = SitePaths(home)
    if not paths.config.exists():
        raise ConfigurationError(
            f"{home} is not a site's home: it has no site.toml. Point to it with "
            "--home."
        )
    return Ledger(paths.egress)
