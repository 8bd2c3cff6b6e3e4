"""The bell of the desk: how many are new, the panel, the page, and what is no longer one's business."""

import pytest
from django.urls import reverse

from automation.models import Notice, NoticeWishes
from automation.notice_handlers import notify
from tests import factories
from tests.automation.notices import forget, tell
from tickets.actions.replying import receive
from tickets.actions.routing import assign, move
from tickets.messages import Message
from tickets.models import Event
from tickets.models.ticket import Channel
from web.common.bell import badge_of
from web.common.live import ring

pytestmark = pytest.mark.django_db


@pytest.fixture
def ticket(world):
    ticket = factories.TicketFactory(queue=world.support, customer=world.dana, title="Printer hums")
    assign(ticket, world.carlos, by=world.alex)
    ticket.refresh_from_db()
    forget()
    return ticket


@pytest.fixture
def carlos(world, signed_in):
    return signed_in(world.carlos)


def said(world, ticket):
    receive(ticket, Message(text="It hums again."), channel=Channel.EMAIL, by=world.dana)
    tell(ticket)
    return Notice.objects.filter(user=world.carlos).order_by("-pk").first()


def text_of(answer):
    return answer.content.decode()


def test_the_bell_counts_what_is_new_and_shows_it(world, ticket, carlos):
    assert 'class="badge"' not in text_of(carlos.get(reverse("desk:notices_count")))
    said(world, ticket)
    assert "</span>1</span>" in text_of(carlos.get(reverse("desk:notices_count")))
    assert "</span>1</span>" in text_of(carlos.get(reverse("desk:people")))  # in the rail of any page
    panel = text_of(carlos.get(reverse("desk:notices_panel")))
    assert "Message from the customer" in panel
    assert "Dana Miller wrote an email" in panel
    assert "Printer hums" in panel
    assert f"/desk/tickets/{ticket.number}/" in panel


def test_to_open_the_ticket_is_to_have_seen_it(world, ticket, carlos):
    said(world, ticket)
    page = text_of(carlos.get(f"/desk/tickets/{ticket.number}/"))
    assert badge_of(world.carlos) == ""
    assert 'class="badge"' not in page.split("</nav>")[0]
    notice = Notice.objects.get(user=world.carlos)
    carlos.post(reverse("desk:notice_mark", args=[notice.pk]), {"as": "unread"})
    assert badge_of(world.carlos) == "1"
    answer = carlos.post(reverse("desk:notice_mark", args=[notice.pk]), {"as": "read"}, headers={"HX-Request": "true"})
    assert "Mark as unread" in text_of(answer)
    assert 'hx-target="#bell-count"' in text_of(answer)
    assert badge_of(world.carlos) == ""


def test_all_are_read_but_for_what_has_just_come(world, ticket, carlos):
    first = said(world, ticket)
    said(world, ticket)
    assert carlos.post(reverse("desk:notices_read"), {"up_to": first.pk}).status_code == 302
    assert badge_of(world.carlos) == "1"
    assert carlos.post(reverse("desk:notices_read"), {"up_to": "x"}).status_code == 404


def test_of_a_ticket_that_may_not_be_seen_any_more_nothing_is_shown(world, ticket, carlos):
    said(world, ticket)
    move(ticket, world.billing, by=world.alex)
    assert badge_of(world.carlos) == ""
    for name in ("notices", "notices_panel"):
        page = text_of(carlos.get(reverse(f"desk:{name}")))
        assert "may no longer see" in page
        for hidden in ("Printer hums", ticket.number, "Dana Miller"):
            assert hidden not in page.replace("csrfmiddlewaretoken", "")
    assert "may no longer see" not in text_of(carlos.get(reverse("desk:notices"), {"show": "unread"}))


def test_nobody_marks_the_notices_of_others(world, ticket, signed_in):
    notice = said(world, ticket)
    bea = signed_in(world.bea)
    assert bea.post(reverse("desk:notice_mark", args=[notice.pk]), {"as": "read"}).status_code == 404
    bea.post(reverse("desk:notices_read"), {"up_to": notice.pk})
    assert badge_of(world.carlos) == "1"


def test_the_page_costs_the_same_with_more_rows_and_is_loaded_page_by_page(world, ticket, carlos, queries):
    def cost():
        with queries() as counted:
            answer = carlos.get(reverse("desk:notices"))
        return len(counted), text_of(answer)

    said(world, ticket)
    few, _page = cost()
    others = [factories.TicketFactory(queue=world.support, customer=world.dana) for _number in range(3)]
    for other in others:
        for happened in Event.objects.filter(ticket=other):
            notify(happened)
    many, page = cost()
    assert many == few <= 14
    assert page.count('class="notice ') == 4


def test_the_count_ends_at_a_hundred(world, ticket, monkeypatch):
    monkeypatch.setattr("automation.notices.bell.CAP", 2)
    monkeypatch.setattr("web.common.bell.CAP", 2)
    for _number in range(3):
        said(world, ticket)
    assert badge_of(world.carlos) == "1+"


def test_whoever_has_a_notice_is_rung(world, ticket, monkeypatch):
    heard = []

    class Pipe:
        def publish(self, channel, hint):
            heard.append((channel, hint))

        def execute(self):
            return None

    class Redis:
        def pipeline(self, **_options):
            return Pipe()

    monkeypatch.setattr("web.common.live._redis", Redis)
    said(world, ticket)
    ring(Event.objects.filter(ticket=ticket).last())
    assert heard == [(f"live.person.{world.carlos.pk}", "notices")]


# What somebody wants to hear of.


def test_the_choices_of_an_agent(world, carlos):
    page = text_of(carlos.get(reverse("notice_choices")))
    assert "The customer writes" in page
    assert "As usual: on for my tickets" in page
    assert "A request is closed" not in page  # for customers
    assert "Support" in page
    assert "Billing" not in page
    data = {"answered-mail": "off", "note-bell": "on", "scope": "all", "muted": [world.hardware.pk]}
    assert carlos.post(reverse("notice_choices"), data).status_code == 302
    kept = NoticeWishes.objects.get(pk=world.carlos.pk)
    assert kept.choices == {"answered": {"mail": False}, "note": {"bell": True}}
    assert (kept.scope, kept.muted) == ("all", [world.hardware.pk])
    assert carlos.post(reverse("notice_choices"), {"muted": [world.billing.pk]}).status_code == 422
    assert NoticeWishes.objects.get(pk=world.carlos.pk).muted == [world.hardware.pk]


def test_the_choices_of_a_customer(world, signed_in):
    dana = signed_in(world.dana)
    page = text_of(dana.get(reverse("notice_choices")))
    assert "A request is closed" in page
    assert "The customer writes" not in page
    assert "Something is said on a request" not in page  # she sees her own alone
    world.dana.memberships.update(sees_all=True)
    dana.post(reverse("notice_choices"), {"request_said-mail": "on", "answered-mail": "on"})
    assert NoticeWishes.objects.get(pk=world.dana.pk).choices == {"request_said": {"mail": True}}
