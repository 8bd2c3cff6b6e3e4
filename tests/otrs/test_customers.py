"""Customers: their own requests, what they may read of them, and nothing that tells of the rest (T40, T41)."""

import pytest

from tests.factories import TicketFactory
from tests.otrs.test_refusals import ARTICLE, TICKET, code
from tickets.actions.replying import add_note, reply
from tickets.messages import File, Message
from tickets.models import Ticket


def test_a_customer_opens_for_himself_where_a_mail_of_his_would(world, dana):
    made = dana("POST", "tickets", {"Ticket": TICKET, "Article": ARTICLE})
    ticket = Ticket.objects.get(pk=made["TicketID"])
    assert (ticket.customer, ticket.queue, ticket.priority.name) == (world.dana, world.support, "3 normal")
    assert (ticket.articles.first().sender, ticket.articles.first().author) == ("customer", world.dana)
    for facts in ({"CustomerUser": "erik@globex.example"}, {"Queue": "Support::Hardware"}):
        refused = dana("POST", "tickets", {"Ticket": {**TICKET, **facts}, "Article": ARTICLE})
        assert code(refused) in ("TicketCreate.AccessDenied", "TicketCreate.InvalidParameter")
    assert Ticket.objects.count() == 1


def test_what_the_desk_says_among_itself_is_not_shown(world, dana, ticket, fields):
    Ticket.objects.filter(pk=ticket.pk).update(
        owner=world.bea, custom_fields={"colour": "red", "serial": "X"}, is_locked=True
    )
    add_note(ticket, Message(text="Between us", files=[File("secret.txt", "text/plain", b"x")]), by=world.bea)
    reply(ticket, Message(text="Turn it off.", bcc=[{"name": "", "address": "x@y.example"}]), by=world.bea)
    asked = {"AllArticles": "1", "Attachments": "1", "DynamicFields": "1", "Extended": "1"}
    (shown,) = dana("GET", "ticket", asked, TicketID=ticket.pk)["Ticket"]
    assert [article["Body"] for article in shown["Article"]] == [
        "It hums, blinks twice and then stops.",
        "Turn it off.",
    ]
    assert shown["Article"][1]["FromRealname"] == "Demo Support"
    assert shown["Article"][1]["Bcc"] == ""
    assert shown["DynamicField"] == [{"Name": "colour", "Value": "red"}]
    hidden = ("Owner", "OwnerID", "Lock", "Queue", "QueueID", "Priority", "TimeUnit", "SLA", "CreateBy", "ChangeBy")
    assert {name: shown[name] for name in hidden} == dict.fromkeys(hidden, "")
    assert "Costa" not in str(shown)
    assert "secret" not in str(shown)
    assert "Between us" not in str(shown)


def test_a_customer_answers_and_changes_nothing_else(world, dana, ticket):
    said = dana("PATCH", "ticket", {"Article": {**ARTICLE, "SenderType": "agent"}}, TicketID=ticket.pk)
    assert ticket.articles.get(pk=said["ArticleID"]).sender == "customer"
    for sent in ({"Ticket": {"Title": "x"}}, {"Ticket": {"State": "closed successful"}}):
        assert code(dana("PATCH", "ticket", sent, TicketID=ticket.pk)) == "TicketUpdate.AccessDenied"
    ticket.refresh_from_db()
    assert (ticket.title, ticket.state.name) == ("Printer hums", "new")


@pytest.mark.parametrize("route", ["ticket", "history"])
def test_other_peoples_requests_are_not_there(world, script, ticket, route):
    erik = script(world.erik)
    assert code(erik("GET", route, TicketID=ticket.pk)).endswith(".AccessDenied")
    assert code(erik("PATCH", "ticket", {"Article": ARTICLE}, TicketID=ticket.pk)) == "TicketUpdate.AccessDenied"
    assert erik("GET", "tickets") == {}


def test_a_customer_finds_his_own_by_what_he_can_read(world, dana, ticket):
    TicketFactory(title="Printer hums too", queue=world.support, customer=world.erik)
    add_note(ticket, Message(text="Somebody spilt coffee."), by=world.bea)
    assert dana("GET", "tickets", {"Title": "*hums*"}) == {"TicketID": [str(ticket.pk)]}
    assert dana("GET", "tickets", {"Body": "*blinks*"}) == {"TicketID": [str(ticket.pk)]}
    assert dana("GET", "tickets", {"Body": "*coffee*"}) == {}
    assert dana("GET", "tickets", {"From": "*bea*"}) == {}


@pytest.mark.parametrize("name", ["OwnerIDs", "Queues", "Locks", "TicketEscalationTimeOlderMinutes", "CreatedUserIDs"])
def test_what_is_hidden_cannot_be_asked_for(world, dana, ticket, name):
    assert code(dana("GET", "tickets", {name: "1"})) == "TicketSearch.InvalidParameter"
    assert code(dana("GET", "tickets", {"SortBy": "Owner"})) == "TicketSearch.InvalidParameter"


def test_links_are_for_agents(world, dana, ticket):
    assert code(dana("GET", "link_list", {"Object": "Ticket", "Key": str(ticket.pk)})) == "LinkList.AccessDenied"
