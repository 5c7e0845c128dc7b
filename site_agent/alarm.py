"""The alarm of this site: while it stands, nothing leaves.

It is a file in the site's home, so that it outlives every process, holds the evidence,
and is only ever taken away by a person.
"""

from __future__ import annotations

import json
from pathlib import Path

from site_agent import durable
from site_agent.errors import LogAlarm

FILE = "alarm.json"


def sound(home: Path, what: str, *, now: int, **evidence: str) -> LogAlarm:
    """Keep the evidence and give the error to raise. The first alarm stays."""
    if not (home / FILE).exists():
        found = {"at": now, "what": what, **evidence}
        durable.write(home / FILE, json.dumps(found, indent=1).encode())
    return LogAlarm(_text(what))


def require_silence(home: Path) -> None:
    """Raise LogAlarm while an alarm stands."""
    try:
        found = json.loads((home / FILE).read_bytes())
    except FileNotFoundError:
        return
    except ValueError:
        found = {}
    raise LogAlarm(_text(str(found.get("what", "see alarm.json"))))


def _text(what: str) -> str:
    return (
        f"Alarm: {what}. The coordinator may be showing different histories to "
        "different members, or was restored from an old copy. Nothing leaves this site "
        "now. Compare alarm.json with the other members and the consortium's admin; "
        "move that file away when it is settled."
    )
