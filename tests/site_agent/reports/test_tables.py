"""Tables of reports are read whole, whatever is wrong with some of their rows."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from site_agent.errors import ConfigurationError
from site_agent.reports import tables
from site_agent.reports.rows import BadRow, Report, Row
from site_agent.reports.tables import delimiter_of, read_table


def read(folder: Path, text: str | bytes) -> list[Row]:
    file = folder / "in.csv"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return list(read_table(file))


def texts(rows: list[Row]) -> dict[str, str]:
    return {row.id: row.text for row in rows if isinstance(row, Report)}


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_delimiter_and_line_end_are_found(
    tmp_path: Path, delimiter: str, end: str
) -> None:
    lines = ["ID|Text|Language", '1|"One; two,\tthree"|de', "2|Four|"]
    rows = read(tmp_path, end.join(lines).replace("|", delimiter))
    assert rows == [
        Report(1, "1", "One; two,\tthree", "de"),
        Report(2, "2", "Four", ""),
    ]


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16", "utf-16-le", "latin-1"])
def test_encoding_is_found(tmp_path: Path, codec: str) -> None:
    rows = read(tmp_path, "id;text\n1;Größe, kein Erguß\n2;Öl\n".encode(codec))
    assert texts(rows) == {"1": "Größe, kein Erguß", "2": "Öl"}


def test_columns_may_stand_anywhere_among_others(tmp_path: Path) -> None:
    rows = read(tmp_path, "age,Text ,ward,_id\n7,No effusion.,B3,A1\n")
    assert rows == [Report(1, "A1", "No effusion.")]


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", "1,No effusion.\n", "id\n1\n"])
def test_table_without_the_columns_is_refused_without_quoting_it(
    tmp_path: Path, text: str
) -> None:
    with pytest.raises(ConfigurationError, match="must name its columns") as refused:
        read(tmp_path, text)
    assert "effusion" not in str(refused.value)


def test_text_may_have_line_breaks_and_quotes(tmp_path: Path) -> None:
    rows = read(tmp_path, 'id,text\n1,"One\r\n\r\n""two"", three"\n2,Four\n')
    assert texts(rows) == {"1": 'One\r\n\r\n"two", three', "2": "Four"}


def test_row_with_other_columns_is_bad_and_the_others_are_not(tmp_path: Path) -> None:
    rows = read(tmp_path, "id,text\n1,One\n2,Two, too\n3\n\n4,Four\n")
    assert texts(rows) == {"1": "One", "4": "Four"}
    assert [row.row for row in rows if isinstance(row, BadRow)] == [2, 3]


def test_quote_that_is_never_closed_costs_no_row(tmp_path: Path) -> None:
    lines = [
        '1,"Sail" sign.',
        '2,"No effusion.',
        *(f"{n},Clear." for n in range(3, 99)),
    ]
    rows = read(tmp_path, "id,text\n" + "\n".join(lines))
    assert len(texts(rows)) == 98
    assert texts(rows)["1"] == '"Sail" sign.'
    assert texts(rows)["2"] == '"No effusion.'


def test_quote_that_is_closed_rows_later_costs_no_row(tmp_path: Path) -> None:
    rows = read(tmp_path, 'id,text\n1,"Open\n2,Two\n3,"Three"\n4,"Four"\n')
    assert list(texts(rows)) == ["1", "2", "3", "4"]


def test_row_longer_than_any_report_is_bad_and_the_next_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "LONGEST", 1000)
    rows = read(tmp_path, f'id,text\n1,{"x" * 5000}\n2,Two\n3,"{"y " * 900}"\n4,Four\n')
    assert texts(rows) == {"2": "Two", "4": "Four"}
    assert len(rows) == 4


def test_ten_megabytes_of_text_are_one_report(tmp_path: Path) -> None:
    long = "No effusion. " * 800_000
    rows = read(tmp_path, f'id,text\n1,"{long}"\n2,Two\n')
    assert texts(rows) == {"1": long, "2": "Two"}


def test_nul_and_controls_are_left_to_whoever_reads_the_text(tmp_path: Path) -> None:
    rows = read(tmp_path, "id,text\n1,No\0 effusion\x01\n")
    assert texts(rows) == {"1": "No\0 effusion\x01"}


CELL = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=20)


@given(st.lists(st.tuples(CELL, CELL), max_size=8), st.sampled_from(",;\t|"))
def test_what_a_program_wrote_is_read_as_it_was(
    tmp_path_factory: pytest.TempPathFactory,
    rows: list[tuple[str, str]],
    delimiter: str,
) -> None:
    written = io.StringIO()
    writer = csv.writer(written, delimiter=delimiter)
    writer.writerows([("id", "text"), *rows])
    found = read(tmp_path_factory.mktemp("table"), written.getvalue())
    assert found == [
        Report(number, identifier.strip(), text)
        for number, (identifier, text) in enumerate(rows, 1)
    ]


@given(st.binary(max_size=300))
def test_every_line_of_rubbish_is_accounted_for(
    tmp_path_factory: pytest.TempPathFactory, rubbish: bytes
) -> None:
    found = read(tmp_path_factory.mktemp("table"), b"id,text\n" + rubbish + b"\n7,x\n")
    assert [row.row for row in found] == list(range(1, len(found) + 1))


def test_header_with_most_columns_wins() -> None:
    def fits(names: list[str]) -> bool:
        return "id" in names

    assert delimiter_of("id;a;b,c", fits) == ";"
    assert delimiter_of("no header", fits) is None
