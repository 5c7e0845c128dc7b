"""Compile the data dictionary; run by hand when pydicom has a newer one.

    python -m site_agent.deidentify.compile_dictionary

``dictionary.json`` holds every attribute of PS3.6 and PS3.7 (tag, VR, VM, keyword) and
every UID that PS3.6 Annex A registers, with its type. They come from pydicom's tables;
a test compares. Repeating groups (50xx, 60xx) are left out: they never stay.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

import pydicom
from pydicom._dicom_dict import DicomDictionary
from pydicom._uid_dict import UID_dictionary

from site_agent.deidentify.dictionary import DATA


def lines() -> Iterator[str]:
    """Yield the JSON text line by line, one attribute or UID on each."""
    version = pydicom.__version__
    source = f"DICOM PS3.6, as in the tables of pydicom {version} (MIT licence)"
    yield f'{{"source": {json.dumps(source)},\n "attributes": ['
    rows = [
        json.dumps([f"{tag:08X}", vr, vm, keyword])
        for tag, (vr, vm, _, _, keyword) in sorted(DicomDictionary.items())
    ]
    yield ",\n".join(rows)
    yield '],\n "uids": {'
    kinds = [
        f"{json.dumps(uid)}: {json.dumps(kind)}"
        for uid, (_, kind, *_) in sorted(UID_dictionary.items())
    ]
    yield ",\n".join(kinds)
    yield "}}"


def main() -> None:
    """Write the dictionary beside this module."""
    DATA.write_text("\n".join(lines()) + "\n", "utf-8")


if __name__ == "__main__":
    main()
