"""The bell and what is to be heard of, and two customers that become one, for programs."""

import pytest

from accounts.models import User
from accounts.tokens import Limits, issue_token
from automation.models import Notice, NoticeWishes
from tests.api.conftest import Program
from tests.factories import CustomerFactory, TicketFactory
from tickets.actions.fields import set_title
from tickets.models import Ticket


@pytest.fixture
def notices(ticket, world) -> list[Notice]:
    events = [set_title(ticket, title, by=world.alex) for title in ("One", "Two")]
    fields = {"user": world.bea, "ticket": ticket, "occasion": "assigned", "relation": "owner"}
    return [Notice.objects.create(event=event, **fields) for event in events]


class TestTheBell:
    def test_the_newest_first_and_read_one_by_one(self, notices, ticket, bea):
        shown = bea.get("me/bell/").json()["results"]
        assert [one["id"] for one in shown] == [notices[1].pk, notices[0].pk]
        assert (shown[0]["ticket"], shown[0]["is_read"], shown[0]["occasion"]) == (ticket.number, False, "assigned")
        assert shown[0]["heading"] and "Two" in shown[0]["sentence"]
        assert bea.patch(f"me/bell/{notices[1].pk}/", {"is_read": True}).json()["is_read"] is True
        assert [one["id"] for one in bea.get("me/bell/?unread=true").json()["results"]] == [notices[0].pk]
        assert bea.patch(f"me/bell/{notices[1].pk}/", {"is_read": False}).json()["is_read"] is False

    def test_all_up_to_the_one_that_was_seen(self, notices, bea):
        assert bea.post("me/bell/", {"up_to": notices[0].pk}).json() == {"changed": 1}
        assert [one["id"] for one in bea.get("me/bell/?unread=true").json()["results"]] == [notices[1].pk]
        assert bea.post("me/bell/", {"up_to": -1}).status_code == 400

    def test_those_of_others_and_of_tickets_out_of_sight_say_nothing(self, notices, program, world, bea):
        carlos = program(world.alex)
        assert carlos.patch(f"me/bell/{notices[0].pk}/", {"is_read": True}).status_code == 404
        assert not Notice.objects.filter(read_at__isnull=False).exists()
        Ticket.objects.update(queue=world.hardware)
        world.bea.groups.clear()
        shown = bea.get("me/bell/").json()["results"][0]
        assert (shown["ticket"], shown["sentence"], shown["heading"], shown["occasion"]) == (None, "", "", "")

    def test_customers_have_none(self, program, world):
        assert program(world.dana).get("me/bell/").status_code == 404


class TestWhatIsHeardOf:
    def test_it_is_chosen_and_unchosen(self, bea, world):
        before = bea.get("me/notices/").json()
        assert (before["scope"], before["muted"]) == ("", [])
        one = next(one for one in before["occasions"] if "mail" in one["channels"])
        assert one["channels"]["mail"] is None
        sent = {"scope": "mine", "muted": ["Billing"], "choices": {one["key"]: {"mail": True}}}
        after = bea.patch("me/notices/", sent).json()
        assert (after["scope"], after["muted"]) == ("mine", [world.billing.pk])
        assert next(row for row in after["occasions"] if row["key"] == one["key"])["channels"]["mail"] is True
        again = bea.patch("me/notices/", {"choices": {one["key"]: {"mail": None}}}).json()
        assert again == {**before, "scope": "mine", "muted": [world.billing.pk]}

    @pytest.mark.parametrize(
        ("sent", "field"),
        [
            ({"scope": "everything"}, "scope"),
            ({"choices": {"nothing": {"mail": True}}}, "choices.nothing"),
            ({"choices": {"assigned": {"pigeon": True}}}, "choices.assigned"),
            ({"muted": ["Nowhere"]}, "muted.0"),
        ],
    )
    def test_what_cannot_be_is_refused(self, bea, sent, field):
        refused = bea.patch("me/notices/", sent)
        assert (refused.status_code, list(refused.json()["errors"])) == (400, [field])
        assert not NoticeWishes.objects.exists()

    def test_customers_choose_no_queues_and_narrow_tokens_nothing(self, program, world):
        dana = program(world.dana)
        assert dana.get("me/notices/").status_code == 200
        assert list(dana.patch("me/notices/", {"scope": "mine"}).json()["errors"]) == ["scope"]
        limits = Limits(queues=(world.support.pk,))
        narrow = Program(issue_token(world.bea, name="narrow", scope="write", limits=limits)[1])
        assert narrow.patch("me/notices/", {"scope": "mine"}).status_code == 403
        assert not NoticeWishes.objects.exists()


class TestMergingPeople:
    def test_requests_and_addresses_go_over(self, ticket, program, world):
        other = CustomerFactory(email="d.miller@acme.example")
        theirs = TicketFactory(queue=world.support, customer=other)
        alex = program(world.alex)
        merged = alex.post(f"people/{world.dana.pk}/merge/", {"duplicate": "d.miller@acme.example"})
        assert (merged.status_code, "d.miller@acme.example" in merged.json()["addresses"]) == (200, True)
        theirs.refresh_from_db()
        assert theirs.customer == world.dana
        event = theirs.events.order_by("pk").last()
        assert (event.kind, event.cause_kind) == ("customer.changed", "token")

    def test_what_cannot_be_is_refused(self, ticket, program, world, bea):
        alex, path = program(world.alex), f"people/{world.dana.pk}/merge/"
        assert bea.post(path, {"duplicate": world.erik.email}).status_code == 403
        assert alex.post(path, {"duplicate": world.dana.email}).status_code == 409
        assert list(alex.post(path, {"duplicate": "no@where.example"}).json()["errors"]) == ["duplicate"]
        assert alex.post(path, {"duplicate": "support@nowhere.example"}).status_code == 400
        assert User.objects.get(pk=world.erik.pk).is_active
