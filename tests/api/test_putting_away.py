"""The checklist, people in copy, followers, the trash and spam, for programs."""

import pytest

from accounts.models import User
from tests.factories import TicketFactory
from tickets.actions.merging import merge
from tickets.models import ChecklistItem, Event, Queue, Ticket


def kinds(ticket: Ticket) -> list[str]:
    return list(Event.objects.filter(ticket=ticket).order_by("pk").values_list("kind", flat=True))


class TestTheChecklist:
    def test_steps_are_added_ticked_moved_and_removed(self, ticket, bea):
        path = f"tickets/{ticket.number}/checklist/"
        added = bea.post(path, {"steps": ["Look", "Order", "Mend"]})
        assert (added.status_code, [one["text"] for one in added.json()]) == (201, ["Look", "Order", "Mend"])
        look = added.json()[0]["id"]
        done = bea.patch(f"{path}{look}/", {"is_done": True, "position": 3}).json()
        assert [(one["text"], one["is_done"]) for one in done] == [("Order", False), ("Mend", False), ("Look", True)]
        assert done[2]["done_by"]["email"] == "bea@demo.example"
        assert [one["text"] for one in bea.patch(f"{path}{look}/", {"position": 1}).json()] == ["Look", "Order", "Mend"]
        assert bea.patch(f"{path}{look}/", {"is_done": False}).json()[0]["done_at"] is None
        assert [one["text"] for one in bea.patch(f"{path}{look}/", {"position": 100}).json()][-1] == "Look"
        assert bea.delete(f"{path}{look}/").status_code == 204
        assert bea.delete(f"{path}{look}/").status_code == 404
        assert {"checklist.done", "checklist.undone"} < set(kinds(ticket))

    @pytest.mark.parametrize("sent", [{}, {"steps": []}, {"steps": ["x" * 201]}, {"steps": ["x"] * 101}])
    def test_what_cannot_be_is_refused(self, ticket, bea, sent):
        assert bea.post(f"tickets/{ticket.number}/checklist/", sent).status_code == 400
        assert not ChecklistItem.objects.exists()

    def test_a_repeated_request_adds_once(self, ticket, bea):
        for _time in range(2):
            bea.post(f"tickets/{ticket.number}/checklist/", {"steps": ["Look"]}, headers={"Idempotency-Key": "k"})
        assert ChecklistItem.objects.count() == 1


class TestInCopy:
    def test_somebody_comes_and_goes(self, ticket, bea):
        path = f"tickets/{ticket.number}/participants/"
        added = bea.post(path, {"address": "New@Nowhere.example"})
        assert (added.status_code, added.json()[0]["person"]["email"]) == (201, "new@nowhere.example")
        assert len(bea.post(path, {"address": "new@nowhere.example"}).json()) == 1
        assert bea.delete(f"{path}{added.json()[0]['id']}/").status_code == 204
        assert bea.get(path).json() == []
        assert {"participant.added", "participant.removed"} < set(kinds(ticket))

    def test_whoever_is_gone_is_refused(self, ticket, bea, world):
        User.objects.filter(pk=world.erik.pk).update(is_active=False)
        refused = bea.post(f"tickets/{ticket.number}/participants/", {"address": world.erik.email})
        assert (refused.status_code, list(refused.json()["errors"])) == (400, ["address"])


class TestFollowers:
    def test_a_colleague_who_may_see_it(self, ticket, bea, world):
        path = f"tickets/{ticket.number}/watchers/"
        assert bea.post(path, {"person": world.bea.email}).status_code == 204
        assert [one["email"] for one in bea.get(path).json()["results"]] == [world.bea.email]
        assert bea.delete(f"{path}{world.bea.pk}/").status_code == 204
        assert bea.delete(f"{path}{world.bea.pk}/").status_code == 404
        refused = bea.post(path, {"person": world.dana.email})
        assert (refused.status_code, list(refused.json()["errors"])) == (400, ["person"])


class TestOffTheDesk:
    def test_into_the_trash_and_back(self, ticket, bea):
        assert bea.post(f"tickets/{ticket.number}/trash/").json()["state"]["name"] == "removed"
        assert bea.post(f"tickets/{ticket.number}/trash/").status_code == 200
        assert bea.post(f"tickets/{ticket.number}/restore/").json()["state"]["name"] == "new"
        assert kinds(ticket)[-2:] == ["ticket.trashed", "ticket.restored"]

    def test_spam_goes_into_its_queue(self, ticket, bea, world):
        Queue.objects.filter(pk=world.billing.pk).update(is_junk=True)
        shown = bea.post(f"tickets/{ticket.number}/spam/").json()
        assert shown["queue"]["name"] == "Billing" and shown["closed_at"]
        assert bea.post(f"tickets/{ticket.number}/restore/").json()["queue"]["name"] == "Support"

    def test_a_merged_one_stays(self, ticket, bea, world):
        other = TicketFactory(queue=world.support, customer=world.dana)
        merge(ticket, other, by=world.bea)
        assert bea.post(f"tickets/{ticket.number}/trash/").status_code == 409
