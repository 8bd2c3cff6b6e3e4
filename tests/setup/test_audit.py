"""The audit log: found again by person, kind, row and day, and taken away as a table."""

import csv
import io
import re
from datetime import UTC, datetime
from html import unescape

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.audit import save_audited
from accounts.models import ConfigChange, Organisation
from core.sheets import csv_of, guarded, unguarded
from tests.setup.test_small_pages import sent
from tickets.models import FieldDefinition, State


@pytest.fixture
def lines(world, door) -> None:
    door.post(reverse("setup:field_new"), sent())
    save_audited(Organisation(name="Nova"), by=world.bea)


def shown(answer) -> list[str]:
    """The names of the things in the list."""
    page = answer.content.decode().partition('<tbody id="rows">')[2]
    return [part.partition("</bdi>")[0] for part in page.split('<bdi class="medium">')[1:]]


def table(answer) -> list[list[str]]:
    return list(csv.reader(io.StringIO(answer.content.decode().removeprefix("\ufeff"))))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, ["Nova", "Colour"]),
        ({"kind": "accounts.organisation"}, ["Nova"]),
        ({"kind": "nonsense"}, ["Nova", "Colour"]),
        ({"person": "alex"}, ["Colour"]),
        ({"since": "2999-01-01"}, []),
        ({"until": "2001-01-01"}, []),
        ({"since": "2001-01-01", "until": "2999-01-01"}, ["Nova", "Colour"]),
        ({"since": "yesterday"}, ["Nova", "Colour"]),
    ],
)
def test_the_log_is_filtered(world, lines, door, query, found):
    query = {name: getattr(world, value).pk if name == "person" else value for name, value in query.items()}
    listed = [name for name in shown(door.get(reverse("setup:audit"), query)) if name in ("Nova", "Colour")]
    assert listed == found


def test_a_day_is_the_readers_day(world, door):
    world.alex.time_zone = "Asia/Tokyo"
    world.alex.save()
    line = ConfigChange(actor=world.bea, action="changed", kind="tickets.queue", object_id="1", label="Late")
    line.at = datetime(2026, 3, 1, 16, tzinfo=UTC)  # the second of March in Tokyo
    line.save(force_insert=True)
    assert "Late" in shown(door.get(reverse("setup:audit"), {"since": "2026-03-02", "until": "2026-03-02"}))
    assert "Late" not in shown(door.get(reverse("setup:audit"), {"until": "2026-03-01"}))


def test_the_page_of_a_row_leads_to_its_history(world, lines, door):
    field = FieldDefinition.objects.get()
    door.post(reverse("setup:field", args=[field.pk]), sent(label="Paint"))
    state = State.objects.get(name="open")
    save_audited(state, by=world.bea)
    page = door.get(reverse("setup:field", args=[field.pk])).content.decode()
    link = f"{reverse('setup:audit')}?kind=tickets.fielddefinition&amp;id={field.pk}"
    assert link in page
    assert shown(door.get(link.replace("&amp;", "&"))) == ["Paint", "Colour"]


def test_the_log_is_read_in_pages(world, door):
    for number in range(55):
        save_audited(Organisation(name=f"Firm {number}"), by=world.alex)
    first = door.get(reverse("setup:audit"), {"kind": "accounts.organisation"})
    assert len(shown(first)) == 50
    more = re.search(r'hx-get="([^"]*cursor=[^"]*)"', first.content.decode())[1]
    rest = door.get(reverse("setup:audit") + unescape(more))
    assert shown(rest)[-1] == "Firm 0"


def test_the_table_has_a_row_for_each_field_and_is_noted(world, lines, door, last_change):
    field = FieldDefinition.objects.get()
    door.post(reverse("setup:field", args=[field.pk]), sent(label="Paint", choices="red\nblue"))
    answer = door.post(reverse("setup:audit_export"), {"kind": "tickets.fielddefinition"})
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"] == f'attachment; filename="audit-{timezone.localdate()}.csv"'
    heading, *rows = table(answer)
    assert heading[:5] == ["When", "Who", "Email", "Kind", "Name"]
    assert [row[1:] for row in rows[:2]] == [
        ["Alex Berger", "alex@demo.example", "Field", "Paint", "changed", "label", "Colour", "Paint"],
        ["Alex Berger", "alex@demo.example", "Field", "Paint", "changed", "choices", "green", "blue"],
    ]
    assert (last_change().kind, last_change().actor) == ("accounts.configchange", world.alex)
    assert last_change().after == {"lines": 2, "kind": "tickets.fielddefinition"}


def test_T66_a_name_is_never_a_formula(world, door):
    save_audited(Organisation(name='=HYPERLINK("http://evil.example")'), by=world.alex)
    rows = table(door.post(reverse("setup:audit_export"), {"kind": "accounts.organisation"}))
    assert rows[1][4] == '\'=HYPERLINK("http://evil.example")'


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "\nx", "'x", "''=1", "plain", "", "a=b"])
def test_T66_what_is_guarded_can_be_read_again(cell):
    written = guarded(cell)
    assert not written.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
    assert unguarded(written) == cell
    assert next(csv.reader(io.StringIO(csv_of([[cell, "end"]]).removeprefix("\ufeff"), newline="")))[0] == written


def test_the_list_and_the_table_cost_the_same_with_more_lines(world, lines, door, queries):
    def counted() -> tuple[int, int]:
        with queries() as page:
            door.get(reverse("setup:audit"))
        with queries() as taken:
            door.post(reverse("setup:audit_export"))
        return len(page), len(taken)

    counted()
    few = counted()
    for number in range(20):
        save_audited(Organisation(name=f"Firm {number}"), by=world.bea)
    assert counted() == few


@pytest.mark.parametrize("who", ["bea", "dana"])
def test_only_administrators_take_it_away(world, signed_in, who):
    before = ConfigChange.objects.count()
    assert signed_in(getattr(world, who)).post(reverse("setup:audit_export")).status_code == 404
    assert ConfigChange.objects.count() == before
