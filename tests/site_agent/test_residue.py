"""What counts as still identifying, and what is a coincidence."""

import datetime as dt
import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from site_agent.deidentify.text.identifiers import KnownIdentifiers
from site_agent.deidentify.text.names import PersonName
from site_agent.residue import find_residue

KNOWN = KnownIdentifiers(
    names=frozenset(
        {
            PersonName("Müller", ("Oxana",)),
            PersonName("Li", ("Wei",)),
            PersonName("Small", ("Grace",)),
            PersonName("Canon", ("Ada",)),
        }
    ),
    ids=frozenset({"H50-26428", "61207776548", "12345", "SN28435471"}),
    dates=frozenset({dt.date(1941, 6, 2), dt.date(1900, 1, 1)}),
    uids=frozenset({"1.3.12.2.1107.5.3.1.2.699599560.18071", "1.2.3"}),
    texts=frozenset({"Klinikum Mayen", "Tröstgasse 6-8, Starnberg"}),
    common=frozenset({"canon"}),
)


FORMS = {
    "name": """Oxana Müller|MUELLER^OXANA|M?ller, Oxana|xxMullerOxanaxx|O. Muller|Müller
        |mueller|Dr. Li|Small, G.|grace small|Ada_Canon""",
    "date": """19410602|02.06.1941|06/02/1941|2 June 1941|2. Juni 1941|2-6-1941
        |19410602123000.000""",
    "number": "H50-26428|h50 26428|6120 7776 548|SN28435471|sn 28435471",
    "uid": "1.3.12.2.1107.5.3.1.2.699599560.18071",
    "place": "Klinikum Mayen|KLINIKUM MAYEN|Trostgasse 6-8",
}


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (form.strip(), kind)
        for kind, forms in FORMS.items()
        for form in forms.split("|")
    ],
)
def test_identifier_is_found_in_its_forms(text: str, kind: str) -> None:
    assert find_residue([f"before {text} after"], KNOWN) == {kind}


@pytest.mark.parametrize(
    "text",
    [
        "Oxana was here.",  # a given name alone
        "Small effusion, e.g. small.",  # a word of medicine
        "Canon CXDI",  # the device's maker
        "Li on the list",  # two letters
        "Mullerian duct",  # inside a word
        "19000101",  # a dummy
        "2.25.161207776548900",  # inside a component of a UID
        "1941060299",  # inside a longer number
        "June 1941",  # no day
        "12345",  # too short to tell
        "Starnberg",  # a town alone
        "1.2.3",  # no UID of an instance
    ],
)
def test_coincidence_does_not_count(text: str) -> None:
    assert find_residue([f"before {text} after"], KNOWN) == frozenset()


@given(st.binary(max_size=64))
def test_digest_never_counts(data: bytes) -> None:
    known = KnownIdentifiers(ids=frozenset({"1234567", "ABC123"}), dates=KNOWN.dates)
    assert find_residue([hashlib.sha256(data).hexdigest()], known) == frozenset()


def test_shorter_numbers_may_be_asked_for() -> None:
    assert (
        find_residue(["see 123456"], KnownIdentifiers(ids=frozenset({"123456"})))
        == frozenset()
    )
    known = KnownIdentifiers(ids=frozenset({"123456"}))
    assert find_residue(["see 123456"], known, shortest_number=5) == {"number"}


def test_all_kinds_are_told_at_once() -> None:
    texts = ["Oxana Müller", "born 19410602", "H50-26428"]
    assert find_residue(texts, KNOWN) == {"name", "date", "number"}


def test_nothing_is_found_in_nothing() -> None:
    assert find_residue(["", "Heart normal."], KNOWN) == frozenset()


@pytest.mark.parametrize("unit", ["Müller ", "O. ", "H50-", "1", "1941", "Tröstgasse "])
def test_no_search_backtracks_over_a_long_text(unit: str) -> None:
    find_residue([unit * (100_000 // len(unit))], KNOWN)
