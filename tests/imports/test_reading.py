"""Files as they come: any encoding, delimiter and form; and those that were made to do harm."""

import io
import random
import tracemalloc
import zipfile
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imports.headings import guessed
from imports.kinds.people import COLUMNS
from imports.reading import csv_files, sheet_rows, sources, xlsx_files
from imports.reading.bounds import Unreadable
from imports.reading.sources import open_source
from imports.values import Reader, Unfit, several, yes_or_no
from tests.imports.conftest import as_csv, as_xlsx

ROWS = [["Name", "Größe"], ["Łódź; São", "5, 6"], ["it's", "'quoted'"]]


def read(content: bytes) -> tuple[list[str], list[list[str]]]:
    source = open_source(io.BytesIO(content))
    return list(source.headings), [list(row.cells) for row in source.rows]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_csv_in_every_writing(encoding, delimiter):
    head, rows = read(as_csv(ROWS, delimiter=delimiter, encoding=encoding))
    assert [head, *rows] == ROWS


def test_windows_1252_and_what_excel_says_of_its_delimiter():
    assert read("sep=;\r\nName;Größe\r\nJosé;€ 5\r\n".encode("cp1252")) == (["Name", "Größe"], [["José", "€ 5"]])


def test_a_letter_at_the_border_of_the_sample_is_read(monkeypatch):
    monkeypatch.setattr(csv_files, "SAMPLE", 10)
    assert read("a,b\nxxxxxé,ü\n".encode())[1] == [["xxxxxé", "ü"]]


def test_what_our_own_files_guard_comes_back_as_it_was():
    assert read(b"a,b,c\n'=1+1,''x,'tis\n")[1] == [["=1+1", "'x", "'tis"]]


def test_lines_are_counted_as_editors_do_and_empty_ones_do_not_matter():
    source = open_source(io.BytesIO(b'\n\na,b\n"1\n1",2\n\n , \n3,4'))
    assert [(row.line, list(row.cells)) for row in source.rows] == [(4, ["1\n1", "2"]), (8, ["3", "4"])]


def test_a_row_may_be_short_but_not_long():
    source = open_source(io.BytesIO(b"a,b\n1\n1,2,3\n1,2,\n"))
    assert [(row.cells, bool(row.fault)) for row in source.rows] == [
        (["1", ""], False),
        (["1", "2"], True),
        (["1", "2"], False),
    ]


@pytest.mark.parametrize("rest", ['1,"2\n3,4\n5,6\n', '1,"2\n3,"4"\n5,6\n'])
def test_a_quotation_mark_that_is_not_closed_swallows_nothing_unseen(rest):
    with pytest.raises(Unreadable, match="Line 3 cannot be read"):
        read(f"a,b\n0,0\n{rest}".encode())


def test_empty_lines_at_the_beginning_say_nothing_of_the_delimiter():
    for before in ("\n", ";;\r\n \r\n"):
        assert read(f"{before}a;b\n1;2\n".encode()) == (["a", "b"], [["1", "2"]])


def test_nul_bytes_and_lone_surrogates_are_nothing_to_store():
    assert read(b"a,b\nx\0y,2\n")[1] == [["xy", "2"]]


def test_a_cell_that_is_too_long_is_the_fault_of_its_row(monkeypatch):
    monkeypatch.setattr(sources, "LONGEST_CELL", 5)
    source = open_source(io.BytesIO(b"a,b\n1,123456\n3,4\n"))
    assert [(row.line, row.place, row.fault) for row in source.rows] == [
        (2, 1, "The cell has more than 5 characters."),
        (3, None, ""),
    ]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"   \n\n", "nothing in the file"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 100, "old Excel"),
        (bytes(range(256)) * 20, "neither CSV nor XLSX"),
        (",".join(f"c{n}" for n in range(1000)).encode() + b"\n1\n", "more than 200 columns"),
        (b'a,b\n1,"' + b"x" * 200_000 + b"\n", "Line 2 cannot be read"),
        (b"a,b\n1,\x81\n", "Save it as UTF-8"),
        (b"PK\x03\x04 this is no archive", "damaged, or no XLSX"),
    ],
)
def test_what_cannot_be_read_is_said_in_plain_words(content, words):
    with pytest.raises(Unreadable, match=words):
        read(content)


def test_sheets_hold_texts_numbers_and_dates():
    rows = [
        ["a", "b", "c", "d", "e"],
        ["x", 5, 1.5, datetime(2026, 3, 1, 14, 30), True],
        [None, 7.0, None, None, False],
    ]
    assert read(as_xlsx(rows))[1] == [["x", "5", "1.5", "2026-03-01 14:30:00", "true"], ["", "7", "", "", "false"]]


def test_errors_and_formulas_without_a_result_are_no_values():
    rows = [["a", "b"], ["#N/A", "=A1&A2"], ["x", "#REF!"], ["y", "z"]]
    source = open_source(io.BytesIO(as_xlsx(rows)))
    found = [(list(row.cells), sorted(row.unread)) for row in source.rows]
    assert found == [(["#N/A", "=A1&A2"], ["0", "1"]), (["x", "#REF!"], ["1"]), (["y", "z"], [])]
    assert [len(row.unread) for row in open_source(io.BytesIO(as_csv([["a"], ["#NV"]]))).rows] == [1]


def tampered(part: str, change) -> bytes:
    """A sheet one of whose parts says something else."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(as_xlsx(ROWS))) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, change(content) if name == part else content)
    return out.getvalue()


SHEET = "xl/worksheets/sheet1.xml"
ENTITIES = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'


def test_entities_are_not_unfolded():
    with pytest.raises(Unreadable, match="XML entities"):
        read(
            tampered(
                SHEET,
                lambda xml: ENTITIES + xml.split(b"?>", 1)[-1].replace(b"</sheetData>", b"<c>&b;</c></sheetData>"),
            )
        )


@pytest.mark.parametrize(("name", "bound"), [("LARGEST_SHEET", 100), ("LARGEST_PART", 100), ("MOST_PARTS", 3)])
def test_what_unpacks_to_too_much_is_not_unpacked(monkeypatch, name, bound):
    monkeypatch.setattr(xlsx_files, name, bound)
    with pytest.raises(Unreadable, match="unpacks to more"):
        read(as_xlsx(ROWS))


def test_a_part_that_is_larger_than_it_says_is_not_unpacked():
    content = bytearray(tampered("xl/styles.xml", lambda xml: xml + b" " * 100_000))
    entry = content.rindex(b"xl/styles.xml") - 46
    assert content[entry : entry + 4] == b"PK\x01\x02"
    content[entry + 24 : entry + 28] = (500).to_bytes(4, "little")
    with pytest.raises(Unreadable, match="unpacks to more"):
        read(bytes(content))


def test_a_sheet_that_lies_about_its_size_is_read_all_the_same():
    content = tampered(SHEET, lambda xml: xml.replace(b'<dimension ref="A1:B3"', b'<dimension ref="A1:A1"'))
    assert read(content)[1] == ROWS[1:]


def test_far_cells_cost_nothing(monkeypatch):
    far = b'<row r="4"><c r="XFD4" t="n"><v>1</v></c></row></sheetData>'
    head, rows = read(tampered(SHEET, lambda xml: xml.replace(b"</sheetData>", far)))
    assert (head, rows) == (ROWS[0], ROWS[1:])


def test_a_row_in_the_far_end_is_refused(monkeypatch):
    end = b'<row r="9999999999"><c t="n"><v>1</v></c></row></sheetData>'
    monkeypatch.setattr(xlsx_files, "MOST_LINES", 1000)
    with pytest.raises(Unreadable, match="Divide it"):
        read(tampered(SHEET, lambda xml: xml.replace(b"</sheetData>", end)))


def peak_of(content: bytes) -> int:
    """Bytes that reading takes at its most, and that it is refused in plain words."""
    tracemalloc.start()
    try:
        with pytest.raises(Unreadable):
            read(content)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    "content",
    [
        tampered(SHEET, lambda xml: xml.replace(b"</sheetData>", b"<row>" + b"<c/>" * 500_000 + b"</row></sheetData>")),
        tampered("xl/styles.xml", lambda xml: xml.replace(b"</cellXfs>", b"<xf/>" * 400_000 + b"</cellXfs>")),
        b"a,b\n" + b"," * 10_000_000,
        b'a,b\n"' + b"\n" * 100_000 + b",,,\n" * 1_100_000,
    ],
    ids=["cells", "styles", "commas", "quotes"],
)
def test_small_files_that_unfold_take_no_memory(content):
    assert peak_of(content) < 60_000_000


def test_shared_texts_are_counted_before_they_are_read(monkeypatch):
    kind = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    named = b'<Override PartName="/xl/texts.xml" ContentType="' + kind + b'"/></Types>'
    out = io.BytesIO(tampered("[Content_Types].xml", lambda xml: xml.replace(b"</Types>", named)))
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/texts.xml", b"<sst>" + b"<si/>" * 1000 + b"</sst>")
    assert read(out.getvalue())[1] == ROWS[1:]
    monkeypatch.setattr(sheet_rows, "MOST_MARKS", 1000)
    with pytest.raises(Unreadable, match="unpacks to more"):
        read(out.getvalue())


def test_what_stands_beside_the_lines_of_a_sheet_is_not_kept():
    beside = tampered(
        SHEET, lambda xml: xml.replace(b"<sheetData>", b"<cols>" + b"<x/>" * 500_000 + b"</cols><sheetData>")
    )
    tracemalloc.start()
    assert read(beside)[1] == ROWS[1:]
    assert tracemalloc.get_traced_memory()[1] < 20_000_000
    tracemalloc.stop()


@given(st.binary(max_size=300))
def test_bytes_are_read_as_texts_or_refused_in_plain_words(content):
    for file in (content, b"PK\x03\x04" + content):
        is_read_or_refused(file)


def test_a_damaged_sheet_is_read_or_refused_in_plain_words():
    whole, dice = as_xlsx(ROWS), random.Random(7)
    found = []
    for _try in range(150):
        broken = bytearray(whole)
        for _byte in range(3):
            broken[dice.randrange(len(broken))] = dice.randrange(256)
        found.append(is_read_or_refused(bytes(broken)))
    # what is damaged may lie where nobody looks
    assert set(found) == {True, False}


def is_read_or_refused(content: bytes) -> bool:
    try:
        headings, rows = read(content)
    except Unreadable as refusal:
        assert str(refusal)
        return False
    assert all(type(cell) is str for line in (headings, *rows) for cell in line)
    return True


def test_headings_are_known_in_four_languages():
    names = [column.key for column in COLUMNS if not column.key.endswith("_name")]
    for headings in (
        ["E-Mail", "Name", "Weitere Adressen", "Telefon", "Firma"],
        ["EMAIL", "full_name", "Other addresses", "phone", "Company"],
        ["Correo electrónico", "Nombre", "Otras direcciones", "Teléfono", "Empresa"],
    ):
        assert guessed(headings, COLUMNS) == names[:5]
    assert guessed(["email", "E-Mail", "zzz", ""], COLUMNS) == ["email", "", "", ""]


BERLIN = Reader(ZoneInfo("Europe/Berlin"))


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-07-01", datetime(2026, 6, 30, 22, tzinfo=UTC)),
        ("2026/7/01", datetime(2026, 6, 30, 22, tzinfo=UTC)),
        ("2026.11.01 14:30", datetime(2026, 11, 1, 13, 30, tzinfo=UTC)),
        ("2026-07-01T12:00:00Z", datetime(2026, 7, 1, 12, tzinfo=UTC)),
        ("2026-07-01 12:00:00+01:00", datetime(2026, 7, 1, 11, tzinfo=UTC)),
        ("1.2.26 8:05", datetime(2026, 2, 1, 7, 5, tzinfo=UTC)),
        ("01/02/2026 12:30 AM", datetime(2026, 1, 31, 23, 30, tzinfo=UTC)),
        ("31.12.2025, 23:59:58", datetime(2025, 12, 31, 22, 59, 58, tzinfo=UTC)),
    ],
)
def test_dates_are_read_in_the_zone_that_was_chosen(text, moment):
    assert BERLIN.moment(text) == moment


def test_month_first():
    assert Reader(ZoneInfo("UTC"), "mdy").moment("12/31/2025").day == 31


@pytest.mark.parametrize(
    "text",
    [
        "yesterday",
        "2026/13/01",
        "2026.1.100",
        "32.1.2026",
        "1.13.2026",
        "0001-01-01",
        "1.1.2026 25:00",
        "13:00 pm",
        "=1",
        "9999-12-31",
    ],
)
def test_what_is_no_date(text):
    with pytest.raises(Unfit):
        BERLIN.moment(text)


def test_yes_and_no_and_several():
    assert [yes_or_no(word) for word in ("Ja", "x", "TRUE", "sí", "Não", "0", "falsch")] == [True] * 4 + [False] * 3
    assert several("a; b;\n ;a") == ["a", "b"]
