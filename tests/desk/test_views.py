"""Built-in views: what stands in them, who is offered them, and how lists are put in order and in groups."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.desk.conftest import part, put, text_of
from tests.desk.test_lists import titles, view
from tests.factories import TicketFactory
from tickets.actions.progress import set_priority, set_state
from tickets.actions.removing import trash
from tickets.actions.replying import add_note
from tickets.actions.routing import assign
from tickets.actions.taking_part import watch
from tickets.messages import Message
from tickets.models import Priority, Ticket
from tickets.views import VIEWS

NEWS = "/desk/views/open/news/"


def headings(response) -> list[str]:
    return re.findall(r'scope="rowgroup">([^<]*)<', text_of(response))


def order(response) -> list[str]:
    """Headings and titles as they follow each other."""
    found = re.findall(r'scope="rowgroup">([^<]*)<|id="open-\d+"[^>]*>([^<]*)</a>', text_of(response))
    return [heading or title for heading, title in found]


def rank(ticket, level, *, by):
    set_priority(ticket, Priority.objects.get(level=level), by=by)


@pytest.fixture
def three(world):
    """Of low, high and normal priority, in two queues."""
    made = [
        TicketFactory(queue=queue, customer=world.dana, title=title)
        for title, queue in (("Low", world.support), ("High", world.billing), ("Normal", world.support))
    ]
    for ticket, level in zip(made, (2, 4, 3), strict=True):
        rank(ticket, level, by=world.bea)
    return made


@pytest.mark.parametrize("key", [built_in.key for built_in in VIEWS])
def test_every_view_has_a_page_that_says_why_it_is_empty(bea, world, key):
    answer = bea.get(view(key))
    assert answer.status_code == 200
    assert "empty__title" in text_of(answer)


def test_watched_and_mentioned_tickets_are_those_of_the_reader(bea, carlos, world, ticket):
    other = TicketFactory(queue=world.support, title="Other")
    watch(ticket, world.bea, by=world.bea)
    add_note(other, Message(text="Have a look", mentions=[world.bea]), by=world.carlos)
    assert titles(bea.get(view("watched"))) == ["Printer hums"]
    assert titles(bea.get(view("mentioned"))) == ["Other"]
    assert titles(carlos.get(view("watched"))) == titles(carlos.get(view("mentioned"))) == []


def test_a_reminder_is_reached_when_its_time_is_over(bea, world, ticket):
    put(ticket, "pending reminder", by=world.bea)
    assert titles(bea.get(view("waiting"))) == ["Printer hums"]
    assert titles(bea.get(view("reminder"))) == []
    Ticket.objects.filter(pk=ticket.pk).update(pending_until=timezone.now() - timedelta(minutes=1))
    assert titles(bea.get(view("reminder"))) == ["Printer hums"]


def test_what_is_due_today_stands_in_the_order_of_its_times(bea, world, three):
    morning = timezone.localtime().replace(hour=0, minute=1)
    for ticket, due in zip(three, (morning, morning - timedelta(days=1), morning + timedelta(days=1)), strict=True):
        Ticket.objects.filter(pk=ticket.pk).update(due_at=due)
    assert titles(bea.get(view("due"))) == ["High", "Low"]


def test_the_trash_is_for_those_who_may_restore(bea, world, ticket, reader, signed_in):
    trash(ticket, by=world.bea)
    assert titles(bea.get(view("trash"))) == ["Printer hums"]
    assert "viewtrash" in text_of(bea.get(reverse("desk:side")))
    looking = signed_in(reader)
    assert titles(looking.get(view("trash"))) == []
    assert "viewtrash" not in text_of(looking.get(reverse("desk:side")))


def test_what_is_in_the_trash_is_in_no_other_list(bea, world, ticket):
    trash(ticket, by=world.bea)
    assert titles(bea.get(reverse("desk:queue", args=[world.support.pk]), {"closed": "1"})) == []
    assert titles(bea.get("/desk/search/", {"q": "hums"})) == []


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ({"order": "-priority"}, ["High", "Normal", "Low"]),
        ({"order": "created"}, ["Low", "High", "Normal"]),
        ({"order": "-created"}, ["Normal", "High", "Low"]),
        ({"order": "due"}, ["Low", "High", "Normal"]),
        ({"order": "nonsense"}, ["High", "Low", "Normal"]),
        ({"group": "queue", "order": "created"}, ["Billing", "High", "Support", "Low", "Normal"]),
        ({"group": "priority"}, ["High", "High", "Normal", "Normal", "Low", "Low"]),
        ({"group": "state", "order": "created"}, ["New", "Low", "High", "Normal"]),
    ],
)
def test_a_list_is_put_in_order_and_in_groups(bea, world, three, query, shown):
    assert order(bea.get(view("open"), query)) == shown


@pytest.mark.parametrize(
    ("group", "counts"),
    [
        ("queue", ["Billing 1", "Support 2"]),
        ("state", ["New 3"]),
        ("priority", ["High 1", "Normal 1", "Low 1"]),
        ("type", ["Unclassified 3"]),
        ("due", ["No deadline 3"]),
    ],
)
def test_each_heading_says_how_many_there_are(bea, carlos, world, three, monkeypatch, group, counts):
    counted = re.compile(r'scope="rowgroup">([^<]*)<span class="count">([^<]*)<')
    page = {"group": group}
    assert ["".join(found) for found in counted.findall(text_of(bea.get(view("open"), page)))] == counts
    rows = [f"{one.pk}.0" for one in three]
    anew = text_of(part(bea, NEWS, r=rows, top="1", **page))
    assert ["".join(found) for found in counted.findall(anew)] == counts
    monkeypatch.setattr("tickets.views.COUNT_LIMIT", 2)
    monkeypatch.setattr("web.desk.people.COUNT_LIMIT", 2)
    shown = [found[1] for found in counted.findall(text_of(bea.get(view("open"), page)))]
    assert " 3" not in shown


@pytest.mark.parametrize("key", ["-changed", "changed", "-created", "created", "-priority", "due"])
@pytest.mark.parametrize("group", ["-", "queue", "state", "priority", "type"])
def test_pages_follow_each_other_in_any_order_and_grouping(bea, world, monkeypatch, key, group):
    monkeypatch.setattr("web.desk.views.lists.ROWS", 3)
    for number in range(8):
        made = TicketFactory(queue=(world.support, world.billing)[number % 2], title=f"No {number}")
        rank(made, 1 + number % 3, by=world.bea)
        if number % 3 == 0:
            Ticket.objects.filter(pk=made.pk).update(due_at=timezone.now() + timedelta(hours=number))
    monkeypatch.setattr("web.desk.views.lists.ROWS", 50)
    whole = order(bea.get(view("open"), {"order": key, "group": group}))
    monkeypatch.setattr("web.desk.views.lists.ROWS", 3)
    pieces, answer = [], bea.get(view("open"), {"order": key, "group": group})
    while True:
        pieces += order(answer)
        following = re.search(r'hx-get="([^"]*after=[^"]*)"', text_of(answer))
        if not following:
            break
        answer = part(bea, following[1].replace("&amp;", "&"))
    assert pieces == whole
    assert len(titles(bea.get(view("open")))) == 3


def test_a_cursor_is_good_for_its_own_order_alone(bea, world, three, monkeypatch):
    monkeypatch.setattr("web.desk.views.lists.ROWS", 1)
    cursor = re.search(r"after=([^&\"]*)", text_of(bea.get(view("open"))))[1]
    assert bea.get(f"{view('open')}?order=-priority&after={cursor}").status_code == 400


def test_the_desk_comes_back_to_the_order_that_was_chosen(bea, world, three):
    bea.get(view("open"), {"order": "-priority", "group": "queue"})
    assert bea.get("/desk/tickets/").headers["Location"] == f"{view('open')}?order=-priority&group=queue"
    pane = text_of(part(bea, reverse("desk:pane", args=[three[0].number])))
    shown = re.findall(
        r'class="tl__item[^>]*href="/desk/tickets/(\w+)/"|href="/desk/tickets/(\w+)/"[^>]*class="tl__item', pane
    )
    assert [one or other for one, other in shown] == [three[index].number for index in (1, 2, 0)]


def test_closed_tickets_of_a_queue_keep_their_order(bea, world, ticket):
    """As long as the table is, it is only read in the order of an index."""
    put(ticket, "closed successful", by=world.bea)
    answer = bea.get(reverse("desk:queue", args=[world.support.pk]), {"closed": "1", "order": "-priority"})
    assert titles(answer) == ["Printer hums"]
    assert "list-order" not in text_of(answer)


def test_news_of_a_list_in_another_order_put_it_in_order_anew(bea, world, three):
    for one in three:
        one.refresh_from_db()
    rows = [f"{one.pk}.{one.version}u" for one in three]
    TicketFactory(queue=world.billing, customer=world.dana, title="Newest")
    answer = part(bea, NEWS, order="created", group="queue", r=rows, top="1")
    assert order(answer) == ["Billing", "High", "Newest", "Support", "Low", "Normal"]
    assert 'hx-target="#rows" hx-swap="innerMorph"' in text_of(answer)
    quiet = part(bea, NEWS, order="created", group="queue", r=rows, ticket=str(three[0].pk), top="1")
    assert titles(quiet) == []
    assert "1 new ticket" in text_of(quiet)


def test_a_row_in_use_is_drawn_anew_in_its_place_in_any_order(bea, world, three):
    for one in three:
        one.refresh_from_db()
    rows = [f"{one.pk}.{one.version}u" for one in three]
    assign(three[0], world.carlos, by=world.carlos)
    answer = part(bea, NEWS, order="-priority", r=rows, ticket=str(three[0].pk), top="1")
    assert f'hx-target="#row-{three[0].pk}" hx-swap="outerMorph"' in text_of(answer)
    assert "Carlos Díaz" in text_of(answer)


def test_lists_in_order_and_groups_cost_what_others_cost(bea, world, queries):
    url = f"{view('open')}?order=-priority&group=queue"
    bea.get(url)

    def cost() -> int:
        with queries() as counted:
            bea.get(url)
        return len(counted)

    TicketFactory(queue=world.support)
    few = cost()
    for number in range(6):
        TicketFactory(queue=(world.support, world.billing)[number % 2])
    assert cost() == few <= 12


def test_today_ends_in_the_zone_of_the_reader(bea, world, ticket, settings):
    world.bea.time_zone = "Pacific/Kiritimati"
    world.bea.save()
    with timezone.override("Pacific/Kiritimati"):
        midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    Ticket.objects.filter(pk=ticket.pk).update(due_at=midnight - timedelta(minutes=1))
    assert titles(bea.get(view("due"))) == ["Printer hums"]
    Ticket.objects.filter(pk=ticket.pk).update(due_at=midnight + timedelta(minutes=1))
    assert titles(bea.get(view("due"))) == []


def test_a_waiting_ticket_that_was_closed_is_in_no_open_view(bea, world, ticket):
    put(ticket, "pending reminder", by=world.bea)
    closed = put(ticket, "closed successful", by=world.bea)
    assert closed.closed_at
    for key in ("open", "waiting", "reminder", "unassigned"):
        assert titles(bea.get(view(key))) == []
    set_state(closed, closed.state, by=world.bea)
