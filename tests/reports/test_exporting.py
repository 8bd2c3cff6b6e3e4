"""Files of reports: what stands in them, that no cell is a formula (T66), whose they are, and when they go."""

import csv
import io
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from openpyxl import load_workbook

from core.blobs import load
from core.clock import now, pretend
from mail.models import Unneeded
from reports import exporting
from reports.exporting import exports_of, forget_old, make, remove_export, start_export
from reports.keeping import keep
from reports.models import Export
from reports.questions import Period, Question
from tests.factories import TicketFactory
from tickets.actions.routing import move
from tickets.models import Ticket

pytestmark = pytest.mark.django_db
EVIL = '=HYPERLINK("http://evil.example","x")'


@pytest.fixture
def tickets(world):
    for number, title in enumerate((EVIL, "+1+1", "Größe\tfalsch", "@SUM(A1)")):
        TicketFactory(queue=(world.support, world.billing)[number % 2], customer=world.dana, title=title)
    keep(list(Ticket.objects.values_list("pk", flat=True)))


def asked(by, *, content="tickets", format="csv", **question) -> Export:
    question = Question(("created",), period=Period("last_7_days"), **question)
    return start_export(question, name="March", content=content, format=format, by=by, language="en")


def made(export: Export) -> Export:
    make(export)
    return Export.objects.get(pk=export.pk)


def csv_rows(export: Export) -> list[list[str]]:
    return list(csv.reader(io.StringIO(load(export.digest).decode("utf-8-sig"))))


def test_a_line_for_each_ticket_and_no_formula(world, tickets):
    export = made(asked(world.bea))
    head, *rows = csv_rows(export)
    assert head[:3] == ["Number", "Subject", "Queue"]
    assert [row[1] for row in rows] == [f"'{EVIL}", "'+1+1", "Größe falsch", "'@SUM(A1)"]
    assert (export.done, export.total, export.is_ready, export.size) == (4, 4, True, len(load(export.digest)))
    assert (export.file_name, export.content_type) == ("March.csv", "text/csv")


def test_a_sheet_holds_texts_and_numbers(world, tickets):
    export = made(asked(world.bea, format="xlsx"))
    sheet = load_workbook(io.BytesIO(load(export.digest))).active
    assert [cell.value for cell in sheet["B"]][1:3] == [EVIL, "+1+1"]
    assert {cell.data_type for cell in sheet["B"]} == {"s"}
    assert sheet["K2"].is_date


def test_the_table_with_its_totals(world, tickets):
    export = made(asked(world.bea, content="table", rows="queue", compare="previous"))
    assert csv_rows(export) == [
        ["Queue", "Opened"],
        ["Billing", "2"],
        ["Billing (before)", "0"],
        ["Support", "2"],
        ["Support (before)", "0"],
        ["Total", "4"],
        ["Total (before)", "0"],
    ]


def test_a_table_that_is_cut_says_so(world, tickets, monkeypatch):
    monkeypatch.setattr("reports.asking.MOST_ROWS", 1)
    *_rows, total, last = csv_rows(made(asked(world.bea, content="table", rows="queue")))
    assert total == ["Total", "4"]
    assert last == ["This is not all: the report has more rows or columns. The totals are of all of them."]


def test_long_tables_go_on_with_another_sheet(world, tickets, monkeypatch):
    monkeypatch.setattr("reports.sheets.LONGEST_SHEET", 3)
    book = load_workbook(io.BytesIO(load(made(asked(world.bea, format="xlsx")).digest)))
    assert [sheet.max_row for sheet in book] == [3, 3]
    assert [(sheet["A1"].value, sheet["A1"].font.bold, sheet["A2"].font.bold) for sheet in book] == [
        ("Number", True, False)
    ] * 2
    assert len({sheet[f"A{row}"].value for sheet in book for row in (2, 3)}) == 4


def test_it_holds_what_its_owner_may_see_when_it_is_made(world, tickets):
    export = asked(world.carlos)
    ticket = Ticket.objects.get(title=EVIL)
    move(ticket, world.billing, by=world.bea)
    assert [row[1] for row in csv_rows(made(export))[1:]] == ["Größe falsch"]


def test_chunks_are_told_of(world, tickets, monkeypatch):
    monkeypatch.setattr(exporting, "CHUNK", 3)
    lines = exporting._lines(export := asked(world.bea), Question(("created",), period=Period("last_7_days")))
    seen = []
    for _line in lines:
        seen.append(Export.objects.get(pk=export.pk).done)
    assert seen == [0, 0, 0, 0, 3]


def test_a_question_that_cannot_be_asked_any_more_ends_without_a_file(world):
    export = asked(world.bea)
    Export.objects.filter(pk=export.pk).update(question={"measures": ["gone"]})
    export = Export.objects.get(pk=export.pk)
    make(export)
    assert export.has_failed and not export.is_ready


def test_nobody_has_more_than_a_few_made_at_once(world):
    for _number in range(exporting.MOST_WAITING):
        asked(world.bea)
    with pytest.raises(ValidationError):
        asked(world.bea)
    asked(world.carlos)


def test_files_are_their_owners_and_go_after_a_week(world, tickets):
    export = made(asked(world.bea))
    assert [list(exports_of(world.bea)), list(exports_of(world.carlos))] == [[export], []]
    with pytest.raises(ValidationError):
        remove_export(export, by=world.carlos)
    with pretend(now() + timedelta(days=8)):
        forget_old()
    assert not Export.objects.exists()
    assert Unneeded.objects.get().digest == export.digest
