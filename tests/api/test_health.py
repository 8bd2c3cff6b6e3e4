"""The health page as JSON."""

from mail.models import Account
from tests.factories import TicketFactory
from tickets.models import Delivery


def test_it_says_what_the_page_says(world, program):
    Account.objects.create(name="Provider", host="imap.demo.example", username="u")
    answer = program(world.alex).get("health/")
    assert answer.status_code == 200, answer.content
    shown = answer.json()
    assert shown["database"]["version"].startswith("PostgreSQL ")
    assert {duty["label"] for duty in shown["duties"]} >= {"Incoming mail", "Outgoing mail", "Events"}
    assert [mailbox["mailbox"]["name"] for mailbox in shown["mailboxes"]] == ["Provider"]
    assert (shown["sending"]["is_well"], shown["troubles"], shown["parked"]) == (True, [], [])


def test_its_questions_do_not_grow(world, program, queries):
    alex = program(world.alex)
    Account.objects.create(name="Provider", host="imap.demo.example", username="u")
    alex.get("health/")
    with queries() as few:
        alex.get("health/")
    for n in range(3):
        Account.objects.create(name=f"Provider {n}", host="imap.demo.example", username="u")
        TicketFactory(queue=world.support)
    with queries() as many:
        alex.get("health/")
    assert len(many) == len(few)


def test_an_event_that_was_given_up_is_tried_again(world, program):
    alex = program(world.alex)
    delivery = Delivery.objects.filter(event__ticket=TicketFactory(queue=world.support)).first()
    assert alex.post(f"health/deliveries/{delivery.pk}/retry/").status_code == 409
    delivery.park()
    delivery.save()
    assert [row["id"] for row in alex.get("health/").json()["parked"]] == [delivery.pk]
    assert alex.post(f"health/deliveries/{delivery.pk}/retry/").status_code == 200
    assert alex.get("health/").json()["parked"] == []
    assert alex.post("health/deliveries/99999999/retry/").status_code == 404
