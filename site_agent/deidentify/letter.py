"""The grammar of a radiologist's letter: headings, signatures, who is addressed.

Only Findings and Impression are kept; everything around them says who the patient is,
who asked and who answers. Where that is, is told by headings and signature words of the
consortium's languages, not by the layout of one hospital.
"""

from __future__ import annotations

from collections.abc import Iterator

from site_agent.deidentify.names import PersonName


def people_of(text: str) -> Iterator[PersonName]:
    """Persons whom a letter names in its head, its signature or with a title."""
    yield from ()
