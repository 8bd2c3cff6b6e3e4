"""People in copy of a request: who may add them, what they see, and that they get the mails."""

import pytest
from django.test import Client

from accounts.models import Membership, User
from mail.models import Outgoing
from mail.recipients import everybody_else
from tests.factories import PersonFactory, TicketFactory
from tickets.actions import participants
from tickets.actions.people import merge_people
from tickets.actions.progress import set_state
from tickets.actions.replying import add_note, reply
from tickets.messages import File, Message
from tickets.models import State, Ticket
from tickets.participation import MOST
from tickets.readers import customers_of
from web.common.limits import PEOPLE_IN_COPY

pytestmark = pytest.mark.django_db


def path(ticket: Ticket, rest: str = "") -> str:
    return f"/portal/requests/{ticket.number}/{rest}"


def add(client: Client, ticket: Ticket, address: str):
    return client.post(path(ticket, "people/"), {"address": address})


def in_copy(ticket: Ticket) -> list[str]:
    return list(ticket.participants.values_list("user__email", flat=True))


@pytest.fixture
def shared(world, ticket) -> Ticket:
    participants.add(ticket, world.erik, by=world.dana)
    ticket.refresh_from_db()
    return ticket


# ---- adding


def test_the_customer_keeps_somebody_in_copy(world, dana, ticket):
    assert add(dana, ticket, "Erik@Globex.example ")["Location"] == path(ticket)
    assert in_copy(ticket) == ["erik@globex.example"]
    event = ticket.events.get(kind="participant.added")
    assert (event.actor, event.cause_kind) == (world.dana, "portal")
    assert "erik@globex.example" in dana.get(path(ticket)).content.decode()


def test_somebody_unknown_becomes_a_customer_and_the_page_says_the_same(dana, ticket):
    known, unknown = add(dana, ticket, "erik@globex.example"), add(dana, ticket, "new@elsewhere.example")
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    person = User.objects.get(email="new@elsewhere.example")
    assert (person.is_customer, person.has_usable_password()) == (True, False)


def test_names_behind_addresses_are_not_told(world, dana, shared):
    assert "Erik Olsen" not in dana.get(path(shared)).content.decode()


@pytest.mark.parametrize("address", ["", "nobody", "support@demo.example", "SUPPORT@demo.example", "a@b.c\x00"])
def test_what_is_no_address_of_a_person_is_refused(world, dana, ticket, address: str):
    assert add(dana, ticket, address).status_code == 422
    assert in_copy(ticket) == []


def test_nobody_is_added_twice_and_the_customer_not_at_all(world, dana, ticket):
    for address in ("erik@globex.example", "erik@globex.example", "dana@acme.example"):
        assert add(dana, ticket, address).status_code == 302
    assert in_copy(ticket) == ["erik@globex.example"]
    assert ticket.events.filter(kind="participant.added").count() == 1


def test_a_deactivated_person_is_refused(world, dana, ticket):
    User.objects.filter(pk=world.erik.pk).update(is_active=False)
    assert add(dana, ticket, "erik@globex.example").status_code == 422
    assert in_copy(ticket) == []


def test_there_is_an_end_of_people(world, dana, ticket):
    for number in range(MOST):
        participants.add(ticket, PersonFactory(email=f"p{number}@x.example"), by=world.dana)
    answer = add(dana, ticket, "late@x.example")
    assert answer.status_code == 422
    assert f"There are {MOST} people in copy already." in answer.content.decode()
    assert ticket.participants.count() == MOST


def test_a_person_adds_so_many_a_day(world, dana, ticket):
    for _time in range(PEOPLE_IN_COPY.most):
        assert PEOPLE_IN_COPY.take(world.dana.pk)
    assert add(dana, ticket, "late@x.example").status_code == 422
    assert in_copy(ticket) == []


# ---- who may


def test_T42_strangers_add_and_remove_nobody(world, dana, ticket):
    theirs = TicketFactory(queue=world.support, customer=world.erik)
    participants.add(theirs, PersonFactory(email="third@x.example"), by=world.erik)
    pk = theirs.participants.get().pk
    assert add(dana, theirs, "me@x.example").status_code == 404
    assert dana.post(path(theirs, f"people/{pk}/remove/")).status_code == 404
    assert dana.post(path(ticket, f"people/{pk}/remove/")).status_code == 404
    assert in_copy(theirs) == ["third@x.example"]
    assert add(Client(), theirs, "me@x.example").status_code == 302


def test_whoever_is_in_copy_adds_nobody_but_may_leave(world, erik, shared):
    other = PersonFactory(email="third@x.example")
    participants.add(shared, other, by=world.dana)
    page = erik.get(path(shared)).content.decode()
    assert "Keep somebody in copy" not in page
    assert add(erik, shared, "more@x.example").status_code == 404
    theirs, own = (shared.participants.get(user=user) for user in (other, world.erik))
    assert erik.post(path(shared, f"people/{theirs.pk}/remove/")).status_code == 404
    assert erik.post(path(shared, f"people/{own.pk}/remove/"))["Location"] == "/portal/"
    assert in_copy(shared) == ["third@x.example"]
    assert erik.get(path(shared)).status_code == 404


def test_a_colleague_who_sees_all_may_share(world, signed_in, ticket):
    colleague = PersonFactory(email="boss@acme.example", is_customer=True)
    membership = Membership.objects.create(user=colleague, organisation=world.acme, sees_all=True)
    assert add(signed_in(colleague), ticket, "erik@globex.example").status_code == 302
    membership.sees_all = False
    membership.save()
    assert add(signed_in(colleague), ticket, "third@x.example").status_code == 404
    assert in_copy(ticket) == ["erik@globex.example"]


# ---- what they see


def test_T41_whoever_is_in_copy_sees_that_one_request(world, erik, shared):
    other = TicketFactory(queue=world.support, customer=world.dana)
    assert erik.get(path(shared)).status_code == 200
    assert erik.get(path(other)).status_code == 404
    found = erik.get("/portal/requests/?whose=copy").content.decode()
    assert (shared.title in found, other.number in found) == (True, False)


def test_T43_files_are_there_while_somebody_is_in_copy(world, erik, shared):
    note = add_note(shared, Message(text="n", files=[File("n.txt", "text/plain", b"n")]), by=world.bea)
    public = reply(shared, Message(text="p", files=[File("p.txt", "text/plain", b"p")]), by=world.bea)
    hidden, shown = (article.attachments.get().uuid for article in (note, public))
    assert [erik.get(f"/files/{uuid}/").status_code for uuid in (shown, hidden)] == [200, 404]
    participants.remove(shared, world.erik, by=world.dana)
    assert erik.get(f"/files/{shown}/").status_code == 404
    assert erik.get("/live-address/", {"ticket": shared.number}).status_code == 404


def test_they_answer_and_the_history_knows_who(world, erik, shared):
    erik.post(path(shared, "answer/"), {"text": "I saw it too."})
    article = shared.articles.filter(sender="customer").latest("pk")
    assert (article.body, article.author) == ("I saw it too.", world.erik)


def test_the_readers_of_a_ticket_name_them(world, shared, signed_in):
    assert customers_of(shared) == [world.dana, world.erik]
    page = signed_in(world.bea).get(f"/desk/tickets/{shared.number}/readers/").content.decode()
    assert "They are kept in copy." in page


# ---- mails


def test_an_answer_goes_to_them_too(world, shared, drain):
    assert everybody_else(shared) == [{"name": "Erik Olsen", "address": "erik@globex.example"}]
    sent = reply(shared, Message(text="Try again."), by=world.bea)
    assert [one["address"] for one in sent.cc] == ["erik@globex.example"]
    recipients = Outgoing.objects.get(article=sent).recipients
    assert [one["address"] for one in recipients] == ["dana@acme.example", "erik@globex.example"]


def test_they_are_told_once_without_words_of_others(world, shared):
    told = shared.articles.filter(sender="system", to__contains=[{"address": "erik@globex.example"}])
    mail = told.get()
    assert "dana@acme.example has put you in copy of request" in mail.body
    assert "Dana Miller" not in mail.body
    assert shared.title not in mail.body + mail.subject
    participants.remove(shared, world.erik, by=world.dana)
    participants.add(shared, world.erik, by=world.dana)
    assert told.count() == 1


def test_whoever_is_told_is_no_loop_of_receipts(world, ticket, dana):
    for number in range(4):
        participants.add(ticket, PersonFactory(email=f"p{number}@x.example"), by=world.bea)
    assert ticket.articles.filter(sender="system", marks__contains=[{"code": "told of copy"}]).count() == 4
    assert not ticket.events.filter(kind="mail.loop").exists()


def test_nobody_is_told_of_what_is_no_request_yet(world):
    ticket = TicketFactory(queue=world.support, customer=world.dana, channel="note", by=world.bea)
    participants.add(ticket, world.erik, by=world.bea)
    assert not ticket.articles.filter(sender="system").exists()
    ticket.refresh_from_db()
    assert ticket.last_public_at is None


# ---- what else happens to people and requests


def test_a_duplicate_takes_its_places_along(world, shared):
    again = PersonFactory(email="erik@home.example", is_customer=True)
    participants.add(shared, again, by=world.dana)
    merge_people(again, world.erik, by=world.alex)
    assert in_copy(shared) == ["erik@globex.example"]


def test_whoever_becomes_the_customer_is_in_copy_of_nothing(world, shared):
    merge_people(world.dana, world.erik, by=world.alex)
    shared.refresh_from_db()
    assert (shared.customer, in_copy(shared)) == (world.erik, [])


def test_a_removed_request_is_gone_for_them_too(world, erik, shared):
    set_state(shared, State.objects.get(name="removed"), by=world.bea)
    assert erik.get(path(shared)).status_code == 404


def test_a_page_costs_the_same_with_many_people(world, dana, ticket, queries):
    def cost() -> int:
        with queries() as counted:
            dana.get(path(ticket))
        return len(counted)

    participants.add(ticket, world.erik, by=world.dana)
    few = cost()
    for number in range(8):
        participants.add(ticket, PersonFactory(email=f"p{number}@x.example"), by=world.dana)
    assert cost() == few
