"""What can go wrong at a site, said to two readers.

The operator reads the whole message. A peer, a log or a monitor sees `code` and
nothing else. No identifier is ever in either: say *which* study by its pseudonym, and
which file by nothing at all (`site-agent studies --reveal` opens the vault).
"""

from __future__ import annotations


class SiteError(Exception):
    """An expected failure. `code` is stable; the message says what to do next."""

    code = "site-error"
    exit_code = 1


class ConfigurationError(SiteError):
    """``site.toml`` or an option is wrong; the message lists every fault."""

    code = "configuration"
    exit_code = 2


class VaultError(SiteError):
    """The vault cannot be opened, or what it holds was tampered with."""

    code = "vault"


class UnreadableFile(SiteError):
    """A file that is damaged, or no DICOM image that could be de-identified."""

    code = "unreadable-file"


class ReportInDoubt(SiteError):
    """A report may still identify somebody; the message names the rules of doubt."""

    code = "report-in-doubt"


class StoreError(SiteError):
    """The site's database or its files are not as they should be."""

    code = "store"


class IdentityError(SiteError):
    """Keys, certificates, invitations: wrong, expired, foreign or missing."""

    code = "identity"


class EgressError(SiteError):
    """Something would leave the site that may not, or the ledger is broken."""

    code = "egress"


class CoordinatorUnavailable(SiteError):
    """The coordinator cannot be reached; what was to be sent stays queued."""

    code = "coordinator-unavailable"
    exit_code = 75  # EX_TEMPFAIL


class CoordinatorRefused(SiteError):
    """The coordinator answered no; its reasons are in the message."""

    code = "coordinator-refused"


class TrainingRefused(SiteError):
    """The site does not take part in this run; the message lists the reasons."""

    code = "training-refused"


class AgendaError(SiteError):
    """What the coordinator proposes cannot be read, or cannot be agreed to here."""

    code = "agenda"


class LogAlarm(SiteError):
    """The transparency log is not what it was; nothing leaves until that is settled."""

    code = "log-alarm"
