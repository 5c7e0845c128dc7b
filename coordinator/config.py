"""``coordinator.toml``, and where things lie in a coordinator's home."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Annotated

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from coordinator.errors import ConfigurationError
from coordinator.rules.faults import faults_of


@dataclass(frozen=True, slots=True)
class CoordinatorPaths:
    """Where things lie below `home`."""

    home: Path

    @property
    def config(self) -> Path:
        """The configuration, written by `coordinator init`, then edited by hand."""
        return self.home / "coordinator.toml"

    @property
    def root(self) -> Path:
        """The offline root: to be moved to a medium that is kept elsewhere."""
        return self.home / "root"

    @property
    def pki(self) -> Path:
        """Intermediate, server and log keys; the root's certificate without its key."""
        return self.home / "pki"

    @property
    def database(self) -> Path:
        """The SQLite file."""
        return self.home / "coordinator.db"

    @property
    def models(self) -> Path:
        """The model registry's files."""
        return self.home / "models"

    @property
    def superlink(self) -> Path:
        """Flower's SuperLink: its database, keys and `FLWR_HOME`."""
        return self.home / "superlink"

    @property
    def logs(self) -> Path:
        """Log files of the coordinator and its children."""
        return self.home / "logs"

    @property
    def addresses(self) -> Path:
        """The addresses that `coordinator serve` listens on; there while it runs."""
        return self.home / "addresses.json"


def _fraction(text: str) -> str:
    try:
        share = Fraction(text)
    except (ValueError, ZeroDivisionError):
        raise ValueError('must be a fraction such as "2/3"') from None
    if not Fraction(1, 2) < share <= 1:
        raise ValueError("must be more than 1/2 and at most 1")
    return text


Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9.-]{0,63}$")]
Host = Annotated[str, Field(pattern=r"^[A-Za-z0-9.:-]{1,253}$")]
Port = Annotated[int, Field(ge=0, le=65535)]
LOOPBACK = ("127.0.0.1", "::1", "localhost")
Share = Annotated[str, AfterValidator(_fraction)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Sites(_Section):
    """The sites' door: gRPC. A port of 0 takes any free one."""

    listen: Host = "127.0.0.1"
    port: Port = 7443
    enrolment_port: Port = 7444


class People(_Section):
    """The people's door: HTTP. With a certificate it is HTTPS."""

    listen: Host = "127.0.0.1"
    port: Port = 7480
    certificate: str | None = None
    key: str | None = None

    @model_validator(mode="after")
    def _passwords_stay_private(self) -> People:
        if (self.certificate is None) != (self.key is None):
            raise ValueError("give both certificate and key, or neither")
        if self.certificate is None and self.listen not in LOOPBACK:
            raise ValueError(
                "without certificate and key it listens on loopback only, since "
                "passwords would travel where others can read them"
            )
        return self


class Governance(_Section):
    """How the consortium decides."""

    quorum: Share = "2/3"


class Training(_Section):
    """What a permit allows and how long the consortium waits for consents."""

    permit_days: Annotated[int, Field(ge=1, le=365)] = 14
    consent_hours: Annotated[int, Field(ge=0, le=2160)] = 72
    minimum_sites: Annotated[int, Field(ge=1, le=256)] = 2
    upload_limit_mib: Annotated[int, Field(ge=1, le=1048576)] = 4096


class CoordinatorConfig(_Section):
    """Everything in ``coordinator.toml``. Hosts are the names in the certificate."""

    consortium: Name
    hosts: Annotated[tuple[Host, ...], Field(min_length=1, strict=False)] = (
        "localhost",
        "127.0.0.1",
    )
    sites: Sites = Sites()
    people: People = People()
    governance: Governance = Governance()
    training: Training = Training()


def load(home: Path) -> CoordinatorConfig:
    """Read ``coordinator.toml`` below `home`.

    Raises
    ------
    ConfigurationError
        When it is absent, is not TOML, or anything in it is wrong; lists every fault.
    """
    path = CoordinatorPaths(home).config
    try:
        fields = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigurationError(
            f"{home} holds no coordinator; run `coordinator init` first"
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path} is not TOML: {error}") from None
    try:
        config = CoordinatorConfig.model_validate(fields)
    except ValidationError as error:
        faults = "\n".join(f"  {fault}" for fault in faults_of(error.errors()))
        raise ConfigurationError(f"{path} has faults:\n{faults}") from None
    return config


def new_config(consortium: str, hosts: tuple[str, ...]) -> str:
    """Return the text of a new ``coordinator.toml``; the defaults are written out.

    Raises
    ------
    ConfigurationError
        When a name is not well formed; lists every fault.
    """
    try:
        config = CoordinatorConfig(consortium=consortium, hosts=hosts)
    except ValidationError as error:
        raise ConfigurationError("\n".join(faults_of(error.errors()))) from None
    listed = ", ".join(f'"{host}"' for host in config.hosts)
    return f'''\
# Names the consortium for ever: it is in every certificate and every statement.
consortium = "{config.consortium}"
# Names and addresses under which hospitals reach this machine.
hosts = [{listed}]

[sites]
# Only this machine reaches 127.0.0.1; for hospitals, its own address, or "0.0.0.0".
listen = "{config.sites.listen}"
port = {config.sites.port}
enrolment_port = {config.sites.enrolment_port}

[people]
listen = "{config.people.listen}"
port = {config.people.port}
# Passwords travel here: to listen elsewhere than on 127.0.0.1 it needs both, for HTTPS.
# certificate = "/etc/hilum/people.crt"
# key = "/etc/hilum/people.key"

[governance]
# Share of the members that must approve a version or a permit.
quorum = "{config.governance.quorum}"

[training]
# How long a permit is valid, and how long a run waits for consents after the quorum.
permit_days = {config.training.permit_days}
consent_hours = {config.training.consent_hours}
minimum_sites = {config.training.minimum_sites}
upload_limit_mib = {config.training.upload_limit_mib}
'''
