"""The demo world tells a consistent story about its mail."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.db import transaction

from accounts.brands import default_brand
from accounts.people import person_with_address
from automation.models import Content, SurveyAnswer
from core.clock import pretend
from helpdesk.demo import crowd, world
from mail.models import Letter, Outgoing
from processes.models import Decision
from sla import retargeting, sweeping
from sla.journals import disagreements
from sla.models import Clock, Retarget
from sla.standing import standing_of
from tickets.catalogue import catalogue_for
from tickets.events import broken_links
from tickets.models import Delivery, Event, Queue, Service, Ticket

pytestmark = pytest.mark.django_db
PEOPLE = ("dana@acme", "erik@globex")


@pytest.fixture(scope="class")
def demo(django_db_setup, django_db_blocker) -> Iterator[int]:
    """Made once for a class, because that takes longer than what is asked of it; how many tickets it says it has made."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield world.build()
        transaction.set_rollback(True)


@pytest.mark.usefixtures("demo")
class TestTheWorldAsItIsMadeNow:
    def test_the_mail_of_the_demo_has_left_for_everybody(self, demo):
        assert demo == Ticket.objects.count()
        sent = list(Outgoing.objects.select_related("article"))
        assert {(outgoing.state, outgoing.due_at) for outgoing in sent} == {("sent", None)}
        assert {recipient["state"] for outgoing in sent for recipient in outgoing.recipients} == {"sent"}
        assert all(outgoing.sent_at == outgoing.article.created_at for outgoing in sent)
        assert not Delivery.objects.unfinished().exists()
        written = {article.pk for ticket in Ticket.objects.all() for article in ticket.articles.filter(sender="agent")}
        assert written & {outgoing.article_id for outgoing in sent}
        assert Queue.objects.get(is_junk=True).name == "Junk"

    def test_each_request_by_mail_has_its_receipt(self):
        for ticket in Ticket.objects.filter(channel__in=("email", "web")):
            automatic = ticket.articles.filter(sender="system").exclude(marks__contains=[{"code": "survey"}])
            assert automatic.count() == 1, ticket.title

    def test_some_customers_have_said_how_satisfied_they_are(self):
        assert sorted(SurveyAnswer.objects.values_list("score", flat=True)) == [2, 4, 5]
        assert all(content.missing() == content.outdated() == [] for content in Content.objects.all())

    def test_a_purchase_waits_for_alex(self):
        decision = Decision.objects.of(person_with_address("alex@demo.example")).get()
        assert (decision.task.element, decision.task.run.state) == ("Manager", "going")
        assert decision.task.ticket.customer == person_with_address("dana@acme.example")
        assert not Letter.objects.exists()

    def test_the_catalogue_speaks_all_languages_and_offers_more_to_acme(self):
        assert all({"de", "es", "pt"} == set(service.names) for service in Service.objects.all())
        found = {key: catalogue_for(person_with_address(f"{key}.example"), default_brand()) for key in PEOPLE}
        more = {service.name for service in found["dana@acme"].services} - {
            s.name for s in found["erik@globex"].services
        }
        assert more == {"Fleet bikes"}
        assert len(found["dana@acme"].services) == 7

    def test_every_sla_is_that_of_a_ticket(self):
        named = set(Clock.objects.values_list("policy__name", flat=True))
        assert named == {"Premium", "Standard Iberia", "Standard", None}

    def test_the_clocks_of_a_crowd_follow_in_the_background(self):
        """A load of rows leaves open tickets without clocks; what brings them in step with the SLAs does the rest."""
        opened = Ticket.objects.open().filter(clocks__isnull=False).values("pk")
        before = Clock.objects.filter(ticket__in=opened).count()
        assert before
        crowd.let_clocks_follow()
        duty = Retarget.objects.get(finished_at=None)
        retargeting.run(duty)
        assert duty.finished_at and duty.done == Ticket.objects.open().count()
        assert Clock.objects.filter(ticket__in=opened).count() == before


# A Saturday night, a public holiday, over a change of the clocks; at night also a Monday morning and a Wednesday at noon.
@pytest.mark.parametrize(
    "moment",
    [
        "2026-10-24T23:30",
        "2026-12-25T10:00",
        "2026-03-29T04:00",
        pytest.param("2026-03-02T07:30", marks=pytest.mark.thorough),
        pytest.param("2026-07-15T12:00", marks=pytest.mark.thorough),
    ],
)
def test_clocks_stand_at_every_point_whenever_the_world_is_made(moment):
    started = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    with pretend(started):
        world.build()
        standings = [standing_of(clock, started) for clock in Clock.objects.all()]
        assert {standing.look.value for standing in standings} >= {"fine", "soon", "late", "paused", "met", "missed"}
        assert sweeping.sweep() == 0
    for ticket in Ticket.objects.all():
        assert disagreements(ticket) == []
        assert broken_links(ticket) == []
        times = list(ticket.events.order_by("id").values_list("at", flat=True))
        assert times == sorted(times)
    told = Event.objects.filter(kind__startswith="sla.").exclude(kind="sla.changed")
    assert all(event.at == datetime.fromisoformat(event.data["due"]["now"]) for event in told)
    assert {"sla.warned", "sla.breached", "sla.escalated"} <= set(told.values_list("kind", flat=True))
    assert not Retarget.objects.filter(finished_at=None).exists()


def test_without_promises_nothing_follows(db):
    crowd.let_clocks_follow()
    assert not Retarget.objects.exists()


def test_people_of_a_crowd_live_where_their_language_is_spoken(db):
    people = crowd._users("customer", 4, is_customer=True)
    zones = {person.language: person.time_zone for person in people}
    assert zones == {"en": "Europe/London", "de": "Europe/Berlin", "es": "Europe/Madrid", "pt": "Europe/Lisbon"}
