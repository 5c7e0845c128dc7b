"""Compile the data dictionary; run by hand when pydicom has a newer one.

    python -m site_agent.deidentify.compile_dictionary

``dictionary.json`` holds every attribute of PS3.6 and PS3.7 (tag, VR, VM, keyword), a
column of each since that is quickly read, and every UID that PS3.6 Annex A registers,
with its type. They come from pydicom's tables; a test compares. Repeating groups (50xx,
60xx) are left out: they never stay.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

import pydicom
from pydicom._dicom_dict import DicomDictionary
from pydicom._uid_dict import UID_dictionary

from site_agent.deidentify.dictionary import DATA


def lines() -> Iterator[str]:
    """Yield the JSON text line by line, one value or UID on each."""
    version = pydicom.__version__
    source = f"DICOM PS3.6, as in the tables of pydicom {version} (MIT licence)"
    yield f'{{"source": {json.dumps(source)}'
    rows = sorted(DicomDictionary.items())
    columns = {
        "tags": [f"{tag:08X}" for tag, _ in rows],
        "vrs": [vr for _, (vr, *_) in rows],
        "vms": [vm for _, (_, vm, *_) in rows],
        "keywords": [keyword for _, (*_, keyword) in rows],
        "uids": sorted(UID_dictionary),
        "types": [kind for _, (_, kind, *_) in sorted(UID_dictionary.items())],
    }
    for name, column in columns.items():
        yield f',"{name}": ['
        yield ",\n".join(map(json.dumps, column))
        yield "]"
    yield "}"


def main() -> None:
    """Write the dictionary beside this module."""
    DATA.write_text("\n".join(lines()) + "\n", "utf-8")


if __name__ == "__main__":
    main()
