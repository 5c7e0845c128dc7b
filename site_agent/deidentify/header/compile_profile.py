"""Compile the profile's data from the standard's tables; run by hand at a new edition.

    python -m site_agent.deidentify.header.compile_profile E1_1.json E3_10_1.json

``profile.json``
    Every row of PS3.15 Table E.1-1: tag, name, action of the Basic Profile, and that of
    each option which has one for it. Of Table E.3.4-1 in the same way: code, scheme and
    value type of a content item. Of Table E.3.10-1: group, creator and last byte of a
    safe private attribute, VR, VM and name. The input is the tables as JSON: the first
    two (``source``, ``rules``, ``content_items``) extracted from the standard's
    DocBook, the third (``source``, ``attributes``) as far as it is known. Full dates
    are left out: that option is not offered.
``attribute_types.json``
    The type (PS3.5 7.4) of attributes in each module, by the sequence that they stand
    in, where it may decide between the actions of a compound one such as X/Z/D; the
    modules of each IOD, and the IOD of each SOP Class (PS3.3, PS3.4). They come from
    the tables that highdicom ships.
"""

from __future__ import annotations

import json
import sys
from importlib import metadata, resources
from pathlib import Path
from typing import Any

from pydicom.datadict import dictionary_VR, tag_for_keyword

from site_agent.deidentify.header.denial import is_denied
from site_agent.deidentify.header.options import Option
from site_agent.deidentify.header.profile import STRICTEST_FIRST

HERE = Path(__file__).parent
TOP = ""  # the parent of attributes that stand in no sequence

_NOT_OFFERED = "retain_longitudinal_full_dates"


def compile_rules(table: dict[str, Any], private: dict[str, Any]) -> dict[str, Any]:
    """Give ``profile.json`` for the tables as extracted from the standard."""
    source = {
        key: table["source"][key]
        for key in ("standard", "table", "edition", "url", "attribution")
    }
    source["safe_private"] = private["source"]
    rules = [
        [row["tag"], row["name"], row["basic"], _options(row["options"])]
        for row in table["rules"]
    ]
    content = [
        [
            *(item["code"], item["scheme"], item["value_type"]),
            *(item["meaning"], item["basic"], _options(item["options"])),
        ]
        for item in table["content_items"]
    ]
    safe = [
        [
            *(row["group"].upper(), row["creator"]),
            *(row["element"].removeprefix("xx").upper(), row["vr"], row["vm"]),
            row["meaning"],
        ]
        for row in private["attributes"]
    ]
    return {
        "source": source,
        "rules": sorted(rules, key=_first_words),
        "content": sorted(content, key=_first_words),
        "safe_private": sorted(safe),
    }


def _options(said: dict[str, str]) -> dict[str, str]:
    return {
        str(Option(key.replace("_", "-"))): action
        for key, action in sorted(said.items())
        if key != _NOT_OFFERED
    }


def _first_words(row: list[Any]) -> list[str]:
    return [cell for cell in row if isinstance(cell, str)]


def compile_types(basic: dict[str, str]) -> dict[str, Any]:
    """Give ``attribute_types.json``, for the actions by tag of the Basic Profile."""
    modules: dict[str, dict[str, dict[str, str]]] = {}
    for module, attributes in _table("module_attribute_map").items():
        for attribute in attributes:
            tag = _tag(attribute["keyword"])
            parent = _tag(attribute["path"][-1]) if attribute["path"] else TOP
            kind = attribute["type"]
            if tag is None or parent is None or not _decides(tag, parent, kind, basic):
                continue
            types = modules.setdefault(module, {}).setdefault(parent, {})
            types[tag] = min(types.get(tag, kind), kind, key=STRICTEST_FIRST.index)
    iods = {
        iod: sorted(part["key"] for part in parts if part["key"] in modules)
        for iod, parts in _table("iod_module_map").items()
    }
    return {
        "source": _attribution(),
        "sop_classes": _table("sop_class_iod_map"),
        "iods": iods,
        "modules": modules,
    }


def _decides(tag: str, parent: str, kind: str, basic: dict[str, str]) -> bool:
    if kind not in STRICTEST_FIRST:
        return False
    if parent == TOP:
        return True
    if not {"D", "Z"}.isdisjoint(basic.get(parent, "").split("/")):
        return True  # an item of a dummy sequence needs it
    action = basic.get(tag)
    if action is None:
        return is_denied(int(tag, 16), dictionary_VR(int(tag, 16)))
    return action == "Z" or "/" in action


def _tag(keyword: str) -> str | None:
    tag = tag_for_keyword(keyword)
    return None if tag is None else f"{tag:08X}"


def _table(name: str) -> dict[str, Any]:
    file = resources.files("highdicom") / "_standard" / f"{name}.json"
    table: dict[str, Any] = json.loads(file.read_text("utf-8"))
    return table


def _attribution() -> dict[str, str]:
    package = metadata.distribution("highdicom")
    licence = next(
        file for file in package.files or () if file.name == "LICENSE"
    ).read_text()
    return {
        "standard": "DICOM PS3.3 modules and PS3.4 Storage SOP Classes",
        "tables": f"highdicom {package.version}, highdicom/_standard",
        "licence": " ".join(licence.split()),
    }


def write(value: dict[str, Any], path: Path) -> None:
    """Write JSON that a person can read: one row, or one module, on a line."""
    lines = []
    for key, part in value.items():
        if isinstance(part, list):
            body = ",\n  ".join(json.dumps(row) for row in part)
            lines.append(f' "{key}": [\n  {body}\n ]')
        else:
            body = ",\n  ".join(
                f"{json.dumps(name)}: {json.dumps(part[name], sort_keys=True)}"
                for name in sorted(part)
            )
            lines.append(f' "{key}": {{\n  {body}\n }}')
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n", "utf-8")


def main(table: Path, private: Path, folder: Path = HERE) -> None:
    """Write both files into `folder`."""
    rules = compile_rules(
        json.loads(table.read_text("utf-8")), json.loads(private.read_text("utf-8"))
    )
    basic = {row[0]: row[2] for row in rules["rules"]}
    write(rules, folder / "profile.json")
    write(compile_types(basic), folder / "attribute_types.json")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
