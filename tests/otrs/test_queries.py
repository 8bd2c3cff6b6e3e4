"""What many tickets cost at once: as many questions as one, whatever is asked of them."""

import pytest

from sla.configuring import save_policy
from sla.models import Calendar, Policy, Target
from tests.factories import TicketFactory
from tickets.actions.fields import set_custom_fields
from tickets.actions.replying import add_note, reply
from tickets.actions.routing import lock, make_responsible
from tickets.messages import File, Message
from tickets.models import Ticket

EVERYTHING = {
    **dict.fromkeys(("AllArticles", "Attachments", "DynamicFields", "Extended", "HTMLBodyAsAttachment"), "1"),
    "GetAttachmentContents": "1",
}


@pytest.fixture
def twenty(world, fields) -> list[Ticket]:
    calendar = Calendar.objects.create(name="Always", zone="UTC", hours={})
    calendar.versions.create(data={"zone": "UTC", "hours": {}, "days": {}}, until_year=2099)
    target = Target(kind="first_response", seconds=7200)
    save_policy(Policy(name="Gold", condition={"all": []}, calendar=calendar), [target], by=world.alex)
    return [_full(world, n) for n in range(20)]


def _full(world, n: int) -> Ticket:
    """With everything that is shown: words of several people, files, fields, a lock, an SLA that was met."""
    ticket = TicketFactory(queue=world.support, customer=world.dana, title="Only one" if n == 0 else f"Printer {n}")
    lock(ticket, owner=world.bea, by=world.bea)
    make_responsible(ticket, world.carlos, by=world.bea)
    add_note(ticket, Message(text="A note", files=[File(f"{n}.txt", "text/plain", b"x")]), by=world.carlos)
    reply(ticket, Message(text="Try again.", html="<p>Try again.</p>"), by=world.bea)
    set_custom_fields(ticket, {"serial": "4711", "parts": ["drum"]}, by=world.bea)
    return ticket


def test_one_and_twenty_tickets_cost_the_same(world, script, twenty, queries):
    def count(ask, some: list[Ticket]) -> tuple[list[dict], int]:
        with queries() as counted:
            answer = ask("GET", "ticket_list", {**EVERYTHING, "TicketID": ",".join(str(one.pk) for one in some)})
        return answer["Ticket"], len(counted)

    for person, most in ((world.bea, 17), (world.dana, 16)):
        ask = script(person)
        count(ask, twenty[:1])  # what is remembered between requests
        (all_of_them, for_twenty), (_one, for_one) = count(ask, twenty), count(ask, twenty[:1])
        assert (len(all_of_them), for_twenty) == (20, for_one)
        assert for_one <= most
        if person == world.bea:
            assert all(one["FirstLock"] and "Attachment" in one["Article"][-1] for one in all_of_them)


def test_a_search_costs_the_same_however_much_it_finds(world, script, twenty, queries):
    bea = script(world.bea)

    def search(**asked) -> tuple[int, int]:
        with queries() as counted:
            found = bea("GET", "tickets", {"Queues": "Support", "DynamicField_serial": "4711", **asked})
        return len(found["TicketID"]), len(counted)

    (many, for_many), (one, for_one) = search(), search(Title="Only one")
    assert (many, one) == (20, 1)
    assert for_many == for_one <= 8
