"""Reading one table of ``site.toml``, so that all faults are found at once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from google.protobuf.message import Message

from protos import options_pb2
from protos.article30_pb2 import Party


def _spelled(name: str) -> str:
    """``REFERENCE_DATASET`` is ``reference-dataset`` in ``site.toml``."""
    return name.lower().replace("_", "-")


class Table:
    """One table of ``site.toml``; every fault found goes to `faults`."""

    def __init__(self, name: str, tables: Mapping[str, Any], faults: list[str]) -> None:
        values = tables.get(name, {})
        self.name, self.faults, self.read = name, faults, set[str]()
        self.values: Mapping[str, Any] = values if isinstance(values, dict) else {}
        if not isinstance(values, dict):
            faults.append(f"{name} should be a table: [{name}]")

    def fault(self, key: str, text: str) -> None:
        """Note what is wrong with one setting."""
        self.faults.append(f"[{self.name}] {key} {text}")

    def unknown(self) -> Iterator[str]:
        """Yield a fault for each setting that nothing asked for."""
        for key in self.values.keys() - self.read:
            yield f"[{self.name}] {key} is not a known setting"

    def text(
        self, key: str, *, like: tuple[type[Message], str], default: str | None = None
    ) -> str:
        """Read a string that the field `like` of a message can carry."""
        self.read.add(key)
        value = self.values.get(key, default)
        if value is None:
            self.fault(key, "is missing")
        elif not isinstance(value, str) or not _fits(value, like):
            self.fault(key, "does not have the form it must have: " + _form(like))
        else:
            return value
        return ""

    def texts(self, key: str, *, like: tuple[type[Message], str]) -> tuple[str, ...]:
        """Read a list of such strings; empty by default."""
        self.read.add(key)
        values = self.values.get(key, [])
        if not isinstance(values, list) or not all(
            isinstance(value, str) and _fits(value, like) for value in values
        ):
            self.fault(key, "should be a list of texts of the form " + _form(like))
            return ()
        return tuple(values)

    def address(self, key: str) -> str:
        """Read ``host:port``."""
        self.read.add(key)
        value = self.values.get(key)
        found = re.fullmatch(r"[^\s:/]+|\[[0-9a-f:]+\]", str(value).rpartition(":")[0])
        port = str(value).rpartition(":")[2]
        if not (found and port.isdecimal() and 0 < int(port) < 65536):
            self.fault(key, 'should be "host:port"')
            return ""
        return str(value)

    def number(self, key: str, default: int, *, least: int, most: int) -> int:
        """Read a whole number from `least` to `most`."""
        self.read.add(key)
        value = self.values.get(key, default)
        if type(value) is not int or not least <= value <= most:
            self.fault(key, f"should be a whole number from {least} to {most}")
            return default
        return value

    def flag(self, key: str, *, default: bool) -> bool:
        """Read true or false."""
        self.read.add(key)
        value = self.values.get(key, default)
        if not isinstance(value, bool):
            self.fault(key, "should be true or false")
            return default
        return value

    def choice(self, key: str, names: Iterable[str], *, raw: bool = False) -> str:
        """Read one of `names`, the first by default; returned as in `names`."""
        self.read.add(key)
        spelled = {name if raw else _spelled(name): str(name) for name in names}
        value = self.values.get(key, next(iter(spelled)))
        if value not in spelled:
            self.fault(key, "should be one of " + ", ".join(spelled))
            return next(iter(spelled.values()))
        return spelled[value]

    def choices(self, key: str, names: Iterable[str]) -> tuple[str, ...]:
        """Read a list of some of `names`, at least one."""
        self.read.add(key)
        spelled = {_spelled(name): str(name) for name in names}
        values = self.values.get(key, [])
        if not isinstance(values, list) or not values or set(values) - set(spelled):
            self.fault(key, "should be a list of some of " + ", ".join(spelled))
            return ()
        return tuple(spelled[value] for value in dict.fromkeys(values))

    def lines(self, key: str, folder: Path) -> tuple[str, ...]:
        """Read the lines of the UTF-8 file that `key` names, relative to `folder`."""
        self.read.add(key)
        name = self.values.get(key)
        if name is None:
            return ()
        try:
            text = (folder / str(name)).read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError):
            self.fault(key, "should name a readable UTF-8 text file beside site.toml")
            return ()
        return tuple(line.strip() for line in text.splitlines() if line.strip())

    def optional_lines(self, key: str, folder: Path) -> tuple[str, ...] | None:
        """Read as `lines`; None where nothing is said, which an empty file is not."""
        lines = self.lines(key, folder)
        return lines if key in self.values else None

    def party(self) -> Party:
        """Read name and contact details, Art. 30(1)(a)."""
        name = self.text("name", like=(Party, "name"), default="")
        contact = self.text("contact", like=(Party, "contact"), default="")
        self.faults += self.unknown()
        return Party(name=name, contact=contact)

    @classmethod
    def optional_party(
        cls, name: str, tables: Mapping[str, Any], faults: list[str]
    ) -> Party | None:
        """Read a party whose table may be absent."""
        return cls(name, tables, faults).party() if name in tables else None


def _bounds(like: tuple[type[Message], str]) -> options_pb2.Bounds:
    message, field = like
    options = message.DESCRIPTOR.fields_by_name[field].GetOptions()
    return options.Extensions[options_pb2.bounds]


def _fits(value: str, like: tuple[type[Message], str]) -> bool:
    bounds = _bounds(like)
    return (
        len(value) <= bounds.max_length
        and re.fullmatch(bounds.pattern, value) is not None
    )


def _form(like: tuple[type[Message], str]) -> str:
    bounds = _bounds(like)
    return f"{bounds.pattern} (at most {bounds.max_length} characters)"
