"""What a site is set to (``site.toml``) and where its files are.

A site has one home folder. `SitePaths` names everything in it, `SiteConfig` is what
the data manager typed, `Specification` the numbers that the consortium agreed on.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from string import Template

from protos.article30_pb2 import LegalBasis, Party, Purpose, RecordOfProcessing
from protos.consortium_pb2 import Statement
from protos.specification import Specification, SpecificationError
from site_agent.errors import ConfigurationError
from site_agent.settings import Table

__all__ = [
    "LANGUAGES",
    "SiteConfig",
    "SitePaths",
    "Specification",
    "read_specification",
    "template",
]


LANGUAGES = ("en", "de", "es", "fr", "it", "nl", "pl", "pt", "ru", "sv")
"""ISO 639-1 codes of the languages that reports are labelled in."""

_DATES = ("remove", "shift", "shift-with-times")


@dataclass(frozen=True, slots=True)
class SitePaths:
    """Everything that a site keeps below its home folder."""

    home: Path

    @property
    def config(self) -> Path:
        """The settings, ``site.toml``."""
        return self.home / "site.toml"

    @property
    def specification(self) -> Path:
        """The specification in force, canonical JSON, once the coordinator sent one."""
        return self.home / "specification.json"

    @property
    def keys(self) -> Path:
        """Private keys and certificates (0700)."""
        return self.home / "keys"

    @property
    def tls_key(self) -> Path:
        """P-256 key of the site's certificate."""
        return self.keys / "tls.key"

    @property
    def certificate(self) -> Path:
        """The site's certificate, then the intermediate."""
        return self.keys / "site.crt"

    @property
    def root_certificate(self) -> Path:
        """The consortium's root, its fingerprint checked at `init`."""
        return self.keys / "root.crt"

    @property
    def signing_key(self) -> Path:
        """Ed25519 key that signs what the site states."""
        return self.keys / "signing.key"

    @property
    def dpo_key(self) -> Path:
        """Ed25519 key of the data protection officer's consent."""
        return self.keys / "dpo.key"

    @property
    def supernode_key(self) -> Path:
        """EC key with which the SuperNode authenticates to the SuperLink."""
        return self.keys / "supernode.key"

    @property
    def log_key(self) -> Path:
        """Verification key of the transparency log (C2SP vkey)."""
        return self.keys / "log.vkey"

    @property
    def database(self) -> Path:
        """Dispositions, records and manifests; no identifiers."""
        return self.home / "site.db"

    @property
    def studies(self) -> Path:
        """De-identified studies, one folder each."""
        return self.home / "studies"

    @property
    def samples(self) -> Path:
        """Contact sheets of films that are to be looked at."""
        return self.home / "samples"

    @property
    def staging(self) -> Path:
        """Studies that are just being written."""
        return self.home / "staging"

    @property
    def run_lock(self) -> Path:
        """Held by `site-agent run`, so that two never write at once."""
        return self.home / "run.lock"

    @property
    def egress(self) -> Path:
        """The egress ledger and the outbox."""
        return self.home / "egress.db"

    @property
    def vault(self) -> Path:
        """Pseudonym key and re-identification map, encrypted."""
        return self.home / "vault"

    @property
    def vault_key(self) -> Path:
        """The vault's key file, where `init` makes one (0600)."""
        return self.home / "vault.key"

    @property
    def train(self) -> Path:
        """Working files of federated training."""
        return self.home / "train"

    @property
    def supernode(self) -> Path:
        """Working files of Flower's SuperNode."""
        return self.home / "supernode"

    @property
    def logs(self) -> Path:
        """Logs; no identifier is ever in one."""
        return self.home / "logs"


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteConfig:
    """``site.toml``, checked.

    `coordinator` and `enrolment` are ``host:port``. `poll_seconds` is the time between
    two looks at the agenda. `dates` is one of `_DATES`. `staff` are names to be
    removed from every report. `scrub` tells whether films are searched for burned-in
    text, and `keep_text` which texts may stay, None for the usual ones. `language` is
    that of reports that do not tell theirs. `threads` is 0 for all. `controller` and
    `dpo` may have empty names until the Article 30 record is made.
    """

    site: str
    consortium: str
    coordinator: str
    enrolment: str
    poll_seconds: int
    controller: Party
    joint_controller: Party | None
    representative: Party | None
    dpo: Party
    purposes: tuple[Purpose.ValueType, ...]
    legal_basis: LegalBasis.ValueType
    third_countries: tuple[str, ...]
    retention_months: int
    dates: str
    staff: tuple[str, ...]
    scrub: bool
    keep_text: tuple[str, ...] | None
    language: str
    training: bool
    device: str
    threads: int

    @classmethod
    def load(cls, paths: SitePaths) -> SiteConfig:
        """Read and check ``site.toml`` and the files that it names.

        Raises
        ------
        ConfigurationError
            Listing every fault.
        """
        try:
            text = paths.config.read_text(encoding="utf-8")
        except FileNotFoundError as error:
            raise ConfigurationError(
                f"{paths.home} is not a site's home: it has no site.toml. Make one "
                "with `site-agent init`, or point to it with --home."
            ) from error
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigurationError(
                f"{paths.config} cannot be read: {error}"
            ) from error
        return cls.parse(text, folder=paths.home)

    @classmethod
    def parse(cls, text: str, *, folder: Path) -> SiteConfig:
        """Check the text of a ``site.toml`` that lies in `folder`; raises as `load`."""
        try:
            tables = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise ConfigurationError(f"site.toml is not TOML: {error}") from error
        faults: list[str] = []
        site = Table("site", tables, faults)
        coordinator = Table("coordinator", tables, faults)
        processing = Table("processing", tables, faults)
        deidentification = Table("deidentification", tables, faults)
        reports = Table("reports", tables, faults)
        training = Table("training", tables, faults)
        record = RecordOfProcessing
        config = cls(
            site=site.text("id", like=(Statement, "site")),
            consortium=site.text("consortium", like=(Statement, "consortium")),
            coordinator=coordinator.address("address"),
            enrolment=coordinator.address("enrolment"),
            poll_seconds=coordinator.number("poll_seconds", 30, least=1, most=86_400),
            controller=Table("controller", tables, faults).party(),
            joint_controller=Table.optional_party("joint_controller", tables, faults),
            representative=Table.optional_party("representative", tables, faults),
            dpo=Table("dpo", tables, faults).party(),
            purposes=tuple(
                Purpose.Value(name)
                for name in processing.choices("purposes", Purpose.keys()[1:])
            ),
            legal_basis=LegalBasis.Value(
                processing.choice("legal_basis", LegalBasis.keys()[1:])
            ),
            third_countries=processing.texts(
                "third_countries", like=(record, "third_countries")
            ),
            retention_months=processing.number(
                "retention_months", 120, least=1, most=1200
            ),
            dates=deidentification.choice("dates", _DATES, raw=True),
            staff=deidentification.lines("staff", folder),
            scrub=deidentification.flag("scrub", default=True),
            keep_text=deidentification.optional_lines("keep_text", folder),
            language=reports.choice("language", LANGUAGES, raw=True),
            training=training.flag("enabled", default=True),
            device=training.choice("device", ("cpu", "cuda"), raw=True),
            threads=training.number("threads", 0, least=0, most=1024),
        )
        known = {
            "site",
            "coordinator",
            "controller",
            "joint_controller",
            "representative",
            "dpo",
            "processing",
            "deidentification",
            "reports",
            "training",
        }
        faults += [
            f"[{name}] is not a known table" for name in tables if name not in known
        ]
        for table in (
            site,
            coordinator,
            processing,
            deidentification,
            reports,
            training,
        ):
            faults += table.unknown()
        if faults:
            raise ConfigurationError("site.toml:\n  " + "\n  ".join(faults))
        return config


def template(
    *,
    site: str,
    consortium: str,
    address: str,
    enrolment: str,
    controller: str = "",
    controller_contact: str = "",
    dpo: str = "",
    dpo_contact: str = "",
) -> str:
    """Return the text of a new ``site.toml``, with comments.

    `address` and `enrolment` are the coordinator's two doors, ``host:port``.
    """
    values = {name: _escaped(value) for name, value in locals().items()}
    text = files("site_agent").joinpath("site.toml").read_text(encoding="utf-8")
    return Template(text).substitute(values)


def read_specification(paths: SitePaths) -> Specification:
    """Return the specification in force here: the coordinator's, else the first one.

    Raises
    ------
    ConfigurationError
        ``specification.json`` is not a specification.
    """
    try:
        return Specification.parse(paths.specification.read_bytes())
    except FileNotFoundError:
        return Specification()
    except SpecificationError as error:
        raise ConfigurationError(
            f"{error} Remove specification.json; the coordinator sends it again."
        ) from error


def _escaped(value: str) -> str:
    """Return the inside of a TOML basic string."""
    return value.replace("\\", "\\\\").replace('"', '\\"')
