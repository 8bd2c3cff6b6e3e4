"""What becomes of a message, what is taken back, and what customers decide about their requests, for programs."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.factories import TicketFactory
from tickets.actions.fields import set_title
from tickets.actions.participants import add
from tickets.actions.replying import receive, reply
from tickets.messages import File, Message
from tickets.models import Article, Event, Link, Ticket
from web.common.limits import PEOPLE_IN_COPY


def kinds(ticket: Ticket) -> list[str]:
    return list(Event.objects.filter(ticket=ticket).order_by("pk").values_list("kind", flat=True))


@pytest.fixture
def said(ticket, world) -> Article:
    files = [File("log.txt", "text/plain", b"Error 17"), File("plan.txt", "text/plain", b"Tomorrow")]
    message = Message(text="It hums again.", subject="Also the scanner", files=files)
    return receive(ticket, message, channel="web", by=world.dana)


class TestSplitting:
    def test_a_ticket_of_its_own_begins_with_the_message(self, ticket, said, bea, world):
        made = bea.post(f"tickets/{ticket.number}/articles/{said.pk}/split/", {"owner": world.bea.email})
        shown = made.json()
        assert (made.status_code, shown["title"], shown["queue"]["name"]) == (201, "Also the scanner", "Support")
        assert (shown["customer"]["email"], shown["owner"]["email"]) == (world.dana.email, world.bea.email)
        copy = Ticket.objects.get(number=shown["number"])
        assert [one.body for one in copy.articles.all()] == ["It hums again."]
        assert copy.articles.get().attachments.count() == 2
        assert Link.objects.get().source_id == ticket.pk
        assert ticket.articles.filter(pk=said.pk).exists()

    def test_title_queue_and_customer_can_be_chosen_and_a_repeat_makes_one(self, ticket, said, bea):
        sent = {"title": "Scanner", "queue": "Billing", "customer": "new@nowhere.example"}
        path = f"tickets/{ticket.number}/articles/{said.pk}/split/"
        first, second = (bea.post(path, sent, headers={"Idempotency-Key": "k"}).json() for _time in range(2))
        assert first == second
        assert (first["title"], first["queue"]["name"]) == ("Scanner", "Billing")
        assert first["customer"]["email"] == "new@nowhere.example"
        assert Ticket.objects.count() == 2

    @pytest.mark.parametrize(
        ("sent", "field"), [({"queue": "Nowhere"}, "queue"), ({"owner": "dana@acme.example"}, "owner"), ({"x": 1}, "x")]
    )
    def test_what_cannot_be_is_refused(self, ticket, said, bea, sent, field):
        refused = bea.post(f"tickets/{ticket.number}/articles/{said.pk}/split/", sent)
        assert (refused.status_code, list(refused.json()["errors"])) == (400, [field])
        assert Ticket.objects.count() == 1

    def test_a_message_of_another_ticket_is_not_there(self, said, bea, world):
        other = TicketFactory(queue=world.support, customer=world.dana)
        assert bea.post(f"tickets/{other.number}/articles/{said.pk}/split/").status_code == 404


class TestForwarding:
    def test_with_all_files_and_the_words_below(self, ticket, said, bea):
        sent = bea.post(
            f"tickets/{ticket.number}/articles/{said.pk}/forward/",
            {"to": ["supplier@parts.example"], "body": "Can you help?"},
        )
        shown = sent.json()
        assert (sent.status_code, shown["channel"], shown["visible_to_customer"]) == (201, "email", False)
        assert (shown["subject"], shown["to"][0]["address"]) == ("Fwd: Also the scanner", "supplier@parts.example")
        assert shown["body"].startswith("Can you help?\n\n----------") and shown["body"].endswith("It hums again.")
        assert [file["name"] for file in shown["attachments"]] == ["log.txt", "plan.txt"]

    def test_with_chosen_files_only(self, ticket, said, bea):
        plan = str(said.attachments.get(name="plan.txt").uuid)
        sent = {"to": ["supplier@parts.example"], "files": [plan], "subject": "Please look"}
        shown = bea.post(f"tickets/{ticket.number}/articles/{said.pk}/forward/", sent).json()
        assert [file["name"] for file in shown["attachments"]] == ["plan.txt"]
        assert shown["subject"] == "Please look"

    @pytest.mark.parametrize(
        ("sent", "field"),
        [
            ({}, "to"),
            ({"to": []}, "to"),
            ({"to": ["a@parts.example"], "files": ["7b9d7a32-0000-4000-8000-000000000000"]}, "files"),
        ],
    )
    def test_what_cannot_be_is_refused(self, ticket, said, bea, sent, field):
        before = ticket.articles.count()
        refused = bea.post(f"tickets/{ticket.number}/articles/{said.pk}/forward/", sent)
        assert (refused.status_code, list(refused.json()["errors"])) == (400, [field])
        assert ticket.articles.count() == before


class TestTakingBack:
    def test_a_message_that_waits(self, ticket, bea, world):
        waits = Message(text="Turn it off.", send_at=timezone.now() + timedelta(minutes=5))
        article = reply(ticket, waits, by=world.bea)
        path = f"tickets/{ticket.number}/articles/{article.pk}/take-back/"
        assert bea.get(f"tickets/{ticket.number}/articles/").json()["results"][-1]["send_at"] is not None
        shown = bea.post(path).json()
        assert (shown["body"], shown["visible_to_customer"]) == ("Turn it off.", False)
        assert bea.post(path).status_code == 200
        assert kinds(ticket).count("article.taken_back") == 1
        assert bea.get(f"tickets/{ticket.number}/").json()["state"]["name"] == "new"

    def test_what_has_left_and_what_is_somebody_elses_stays(self, ticket, bea, said, world):
        article = reply(ticket, Message(text="Turn it off."), by=world.bea)
        assert bea.post(f"tickets/{ticket.number}/articles/{article.pk}/take-back/").status_code == 409
        assert bea.post(f"tickets/{ticket.number}/articles/{said.pk}/take-back/").status_code == 404
        assert "article.taken_back" not in kinds(ticket)


class TestUndoing:
    def test_a_change_of_ones_own(self, ticket, bea):
        bea.patch(f"tickets/{ticket.number}/", {"title": "Another"})
        event = Event.objects.get(ticket=ticket, kind="title.changed")
        path = f"tickets/{ticket.number}/history/{event.pk}/undo/"
        assert bea.post(path).json()["title"] == "Printer hums"
        assert kinds(ticket).count("title.changed") == 2

    def test_not_when_somebody_was_faster_nor_what_others_did(self, ticket, bea, world):
        mine = set_title(ticket, "Another", by=world.bea)
        theirs = set_title(ticket, "A third", by=world.carlos)
        assert bea.post(f"tickets/{ticket.number}/history/{mine.pk}/undo/").status_code == 412
        assert bea.post(f"tickets/{ticket.number}/history/{theirs.pk}/undo/").status_code == 404
        ticket.refresh_from_db()
        assert ticket.title == "A third"


class TestCustomers:
    def test_they_say_that_it_is_solved(self, ticket, program, world, bea):
        dana = program(world.dana)
        assert dana.post(f"tickets/{ticket.number}/solve/").json()["is_open"] is False
        assert dana.post(f"tickets/{ticket.number}/solve/").status_code == 200
        assert kinds(ticket).count("ticket.closed") == 1
        assert bea.post(f"tickets/{ticket.number}/solve/").status_code == 404

    def test_they_share_it_and_whoever_is_in_copy_may_only_leave(self, ticket, program, world):
        dana, erik = program(world.dana), program(world.erik)
        path = f"tickets/{ticket.number}/participants/"
        assert erik.get(path).status_code == 404
        added = dana.post(path, {"address": world.erik.email})
        assert added.status_code == 201
        assert (added.json()[0]["address"], added.json()[0]["person"]) == (world.erik.email, None)
        assert erik.post(path, {"address": "third@nowhere.example"}).status_code == 403
        assert erik.post(f"tickets/{ticket.number}/solve/").status_code == 403
        ticket.refresh_from_db()
        assert ticket.is_open and ticket.participants.count() == 1
        mine = erik.get(path).json()[0]["id"]
        assert erik.delete(f"{path}{mine}/").status_code == 204
        assert erik.get(path).status_code == 404

    def test_whoever_is_in_copy_removes_nobody_else(self, ticket, program, world):
        add(ticket, world.erik, by=world.dana)
        dana, erik = program(world.dana), program(world.erik)
        other = dana.post(f"tickets/{ticket.number}/participants/", {"address": "third@nowhere.example"}).json()[-1]
        assert erik.delete(f"tickets/{ticket.number}/participants/{other['id']}/").status_code == 403
        assert ticket.participants.count() == 2
        assert dana.delete(f"tickets/{ticket.number}/participants/{other['id']}/").status_code == 204

    def test_not_too_many_a_day(self, ticket, program, world):
        for _time in range(PEOPLE_IN_COPY.most):
            assert PEOPLE_IN_COPY.take(world.dana.pk)
        refused = program(world.dana).post(f"tickets/{ticket.number}/participants/", {"address": "x@nowhere.example"})
        assert refused.status_code == 429
        assert not ticket.participants.exists()
