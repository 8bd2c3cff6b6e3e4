"""What agents see of answers: beside the ticket, and all together as far as they may read."""

import re

import pytest
from django.urls import reverse

from automation.models import SurveyAnswer, SurveyInvitation, SurveyRule
from automation.surveys import Figures, answers_for, asked_for, by_queue, figures_of
from core.clock import now
from tests.conftest import World
from tests.factories import TicketFactory
from tickets.models import Ticket


def answered(world: World, score: int, comment: str = "", **facts) -> Ticket:
    ticket = TicketFactory(**{"queue": world.support, "customer": world.dana, "channel": "phone"} | facts)
    invitation = SurveyInvitation.objects.create(
        ticket=ticket,
        event=ticket.events.last(),
        customer=ticket.customer,
        language="en",
        state="answered",
        due_at=None,
    )
    SurveyInvitation.objects.filter(pk=invitation.pk).update(asked_at=now())
    SurveyAnswer.objects.create(
        invitation=invitation, ticket=ticket, queue=ticket.queue, owner=world.bea, score=score, comment=comment
    )
    return ticket


@pytest.mark.parametrize(
    ("spread", "number", "average", "satisfied"),
    [({}, 0, None, None), ({5: 1}, 1, 5.0, 100), ({5: 1, 4: 1, 1: 2}, 4, 2.75, 50), ({3: 3}, 3, 3.0, 0)],
)
def test_figures(spread: dict, number: int, average: float | None, satisfied: int | None):
    figures = Figures(spread)
    assert (figures.number, figures.average, figures.satisfied) == (number, average, satisfied)


def test_numbers_follow_the_right_to_read(world):
    answered(world, 5)
    answered(world, 2, queue=world.hardware)
    answered(world, 1, queue=world.billing, customer=world.erik)
    carlos, bea = answers_for(world.carlos), answers_for(world.bea)
    assert figures_of(carlos).spread == {5: 1, 2: 1}
    assert figures_of(bea).spread == {5: 1, 2: 1, 1: 1}
    assert [(row.queue.path, row.figures.average) for row in by_queue(bea)] == [
        ("Billing", 1.0),
        ("Support", 5.0),
        ("Support::Hardware", 2.0),
    ]
    assert (asked_for(world.carlos), asked_for(world.bea)) == (2, 3)
    assert figures_of(answers_for(world.bea, queue=world.billing)).spread == {1: 1}
    assert not figures_of(answers_for(world.bea, since=now())).spread


def test_the_page_shows_what_one_may_read(world, signed_in):
    answered(world, 5, "Wonderful <b>")
    answered(world, 1, "Secret trouble", queue=world.billing, customer=world.erik)
    page = signed_in(world.carlos).get(reverse("desk:satisfaction")).content.decode()
    assert "Wonderful &lt;b&gt;" in page
    assert "Secret" not in page
    assert "Billing" not in page
    assert "5.0" in page


def test_filters(world, signed_in):
    answered(world, 5, "Wonderful")
    answered(world, 3)
    answered(world, 1, "In hardware", queue=world.hardware)
    bea = signed_in(world.bea)

    def shown(query: str) -> int:
        return bea.get(reverse("desk:satisfaction") + query).content.decode().count('class="verdict prow"')

    hardware = f"queue={world.hardware.pk}"
    assert [shown(query) for query in ("", "?words=on", f"?{hardware}", "?days=", "?days=x&queue=y")] == [3, 2, 1, 3, 3]


def test_more_rows_come_by_themselves_and_queries_stay(world, signed_in, queries):
    bea, url = signed_in(world.bea), reverse("desk:satisfaction")
    answered(world, 5)
    bea.get(url)
    with queries() as few:
        bea.get(url)
    for _number in range(27):
        answered(world, 4, "Good")
    with queries() as many:
        page = bea.get(url)
    assert len(many) <= len(few)
    following = re.search(r'\?[^"]*after=[^"]+', page.content.decode())
    more = bea.get(url + following[0].replace("&amp;", "&"), headers={"HX-Request": "true"}).content.decode()
    assert more.count('class="verdict prow"') == 3
    assert "By queue" not in more


def test_beside_the_ticket(world, signed_in):
    bea = signed_in(world.bea)
    ticket = answered(world, 2, "Nobody <called>")
    page = bea.get(reverse("desk:ticket", args=[ticket.number])).content.decode()
    part = page.partition('id="pg-survey"')[2].partition("</section>")[0]
    assert "Dissatisfied" in part
    assert "Nobody &lt;called&gt;" in part
    other = TicketFactory(queue=world.support, customer=world.dana)
    assert "pg-survey" not in bea.get(reverse("desk:ticket", args=[other.number])).content.decode()


def test_why_nobody_was_asked_stands_there(world, signed_in):
    ticket = TicketFactory(queue=world.support, customer=world.dana)
    SurveyInvitation.objects.create(
        ticket=ticket,
        event=ticket.events.last(),
        customer=world.dana,
        language="en",
        state="skipped",
        reason="recently",
    )
    page = signed_in(world.bea).get(reverse("desk:ticket", args=[ticket.number])).content.decode()
    assert "The customer was asked not long ago." in page


def test_a_queue_decides_on_its_page(world, signed_in):
    alex, url = signed_in(world.alex), reverse("setup:queue", args=[world.support.pk])
    page = alex.get(url).content.decode()
    seen = re.search(r'name="seen" value="(\d*)"', page)[1]
    mark = re.search(r'name="survey-seen" value="(\d*)"', page)[1]
    data = {"name": "Support", "follow_up": "reopen", "is_active": "on", "seen": seen, "survey-seen": mark}
    more = {"survey-ask": "on", "survey-delay": "2", "survey-pause": "7", "survey-valid": "10"}
    assert alex.post(url, data | more).status_code == 302
    rule = SurveyRule.objects.get()
    assert (rule.is_on, rule.delay, rule.pause, rule.valid, rule.needs_answer) == (True, 2, 7, 10, False)
    assert alex.post(url, data | more | {"survey-delay": "3"}).status_code == 409
    below = alex.get(reverse("setup:queue", args=[world.hardware.pk])).content.decode()
    assert "Yes, after 2 hours, from Support" in below
