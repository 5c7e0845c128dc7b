"""The checked-in data dictionary is the one that pydicom has."""

from __future__ import annotations

import subprocess
import sys

import pytest
from pydicom.datadict import dictionary_VM, dictionary_VR, tag_for_keyword

from site_agent.deidentify.compile_dictionary import lines
from site_agent.deidentify.dictionary import (
    DATA,
    attributes,
    is_registered,
    is_transfer_syntax,
    tags,
)


def test_data_is_what_the_script_gives() -> None:
    assert DATA.read_text("utf-8") == "\n".join(lines()) + "\n", (
        "run python -m site_agent.deidentify.compile_dictionary"
    )


@pytest.mark.parametrize("keyword", ["PatientName", "PixelData", "Rows", "KVP"])
def test_attribute_is_found_by_tag_and_by_keyword(keyword: str) -> None:
    tag = tags()[keyword]
    assert tag == tag_for_keyword(keyword)
    assert attributes()[tag].vr == dictionary_VR(tag)
    assert attributes()[tag].vm == dictionary_VM(tag)


def test_registered_uids_and_no_others_have_a_meaning() -> None:
    assert is_registered("1.2.840.10008.5.1.4.1.1.1.1")
    assert is_transfer_syntax("1.2.840.10008.1.2.4.90")
    assert not is_transfer_syntax("1.2.840.10008.5.1.4.1.1.1.1")
    assert not is_registered("1.2.840.10008.5.1.4.1.1.1.1.1.1.1")
    assert not is_registered("")


def test_rules_and_pseudonyms_do_not_wait_for_pydicom() -> None:
    program = (
        "import sys, site_agent.deidentify.pseudonym,"
        "site_agent.deidentify.header.profile, site_agent.deidentify.header.values;"
        "print({'pydicom', 'numpy'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "set()"
