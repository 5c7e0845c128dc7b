"""The folder that may stand beside the project: real files, the judge, the standards.

A test that needs something of it is skipped where that is absent.
"""

from __future__ import annotations

from pathlib import Path

SHARED = Path(__file__).parents[2] / "shared"
DICOM = SHARED / "data" / "dicom"
DICOM_FILES = sorted(path for path in DICOM.rglob("*.dcm") if path.is_file())
CHEST_FILMS = sorted((DICOM / "chest").glob("*.dcm"))
STRESS = SHARED / "judge" / "e11_stress.py"
TABLE_E1_1 = SHARED / "standards" / "ps315_table_e1-1_2026d.json"
