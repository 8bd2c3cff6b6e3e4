"""Tickets through the OTRS interface, field by field."""

import base64
from datetime import timedelta

import pytest
from django.utils import timezone

from mail.models import Outgoing
from tests.factories import AgentFactory, TicketFactory, address, role
from tests.otrs.test_refusals import ARTICLE, TICKET, code
from tickets.actions.linking import link
from tickets.actions.replying import add_note
from tickets.messages import Message
from tickets.models import Link, LinkKind, State, Ticket

FIELDS = [
    {"Name": "serial", "Value": "X-17"},
    {"Name": "floor", "Value": "3"},
    {"Name": "urgent", "Value": "1"},
    {"Name": "bought", "Value": "2026-03-01 00:00:00"},
    {"Name": "colour", "Value": "red"},
    {"Name": "parts", "Value": ["toner", "drum"]},
]


def create(script, ticket: dict | None = None, article: dict | None = None, **more) -> Ticket:
    sent = {"Ticket": {**TICKET, **(ticket or {})}, "Article": {**ARTICLE, **(article or {})}, **more}
    answer = script("POST", "tickets", sent)
    assert "TicketID" in answer, answer
    return Ticket.objects.get(pk=answer["TicketID"])


def show(script, ticket: Ticket, **asked) -> dict:
    return script("GET", "ticket", asked, TicketID=ticket.pk)["Ticket"][0]


def test_everything_that_can_be_said_of_a_new_ticket(world, bea, fields):
    facts = {
        "State": "pending reminder",
        "PendingTime": {"Diff": 90},
        "Type": "Incident",
        "Owner": "carlos@demo.example",
        "ResponsibleID": world.bea.pk,
        "PriorityID": 5,
    }
    ticket = create(bea, facts, {"TimeUnit": 5}, DynamicField=FIELDS)
    assert (ticket.owner, ticket.responsible, ticket.is_locked) == (world.carlos, world.bea, True)
    assert (ticket.state.name, ticket.priority_id, ticket.time_spent) == ("pending reminder", 5, 5)
    assert timedelta(minutes=89) < ticket.pending_until - timezone.now() <= timedelta(minutes=90)
    assert ticket.custom_fields == {
        "serial": "X-17",
        "floor": 3,
        "urgent": True,
        "bought": "2026-03-01",
        "colour": "red",
        "parts": ["drum", "toner"],
    }
    shown = {field["Name"]: field["Value"] for field in show(bea, ticket, DynamicFields="1")["DynamicField"]}
    assert shown == {field["Name"]: field["Value"] for field in FIELDS} | {"parts": ["drum", "toner"]}


def test_ids_and_stored_values_are_texts_and_what_is_worked_out_a_number(world, bea, ticket):
    shown = show(bea, ticket)
    expected = {
        "TicketID": str(ticket.pk),
        "TicketNumber": ticket.number,
        "QueueID": str(world.support.pk),
        "Lock": "unlock",
        "LockID": "1",
        "Owner": "root@localhost",
        "OwnerID": "0",
        "CustomerID": "Acme",
        "CustomerUserID": "dana@acme.example",
        "StateType": "new",
        "ArchiveFlag": "n",
        "CreateBy": str(world.dana.pk),
        "EscalationTime": "0",
        "RealTillTimeNotUsed": "0",
        "UntilTime": 0,
        "Service": "",
        "SLAID": "",
    }
    assert {name: shown[name] for name in expected} == expected
    assert 0 <= shown["Age"] < 60
    assert shown["Created"] == ticket.created_at.strftime("%Y-%m-%d %H:%M:%S")
    assert not {"Article", "DynamicField"} & shown.keys()


@pytest.mark.parametrize(
    ("article", "channel", "sender", "visible"),
    [
        ({}, "web", "agent", True),
        ({"IsVisibleForCustomer": 0}, "note", "agent", False),
        ({"ArticleType": "note-internal"}, "note", "agent", False),
        ({"SenderType": "customer"}, "web", "customer", True),
        ({"CommunicationChannel": "Phone", "SenderType": "customer"}, "phone", "customer", True),
        ({"CommunicationChannel": "Email", "SenderTypeID": 3}, "email", "customer", True),
        ({"CommunicationChannel": "Email", "ArticleSend": 1, "To": "dana@acme.example"}, "email", "agent", True),
    ],
)
def test_whose_words_they_are_and_on_which_way(world, bea, article, channel, sender, visible):
    first = create(bea, article=article).articles.order_by("id").first()
    assert (first.channel, first.sender, first.visible_to_customer) == (channel, sender, visible)
    ticket = TicketFactory(queue=world.support, customer=world.dana, channel="phone")
    answer = bea("PATCH", "ticket", {"Article": {**ARTICLE, **article}}, TicketID=ticket.pk)
    said = ticket.articles.get(pk=answer["ArticleID"])
    assert (said.channel, said.sender, said.visible_to_customer) == (channel, sender, visible)


def test_mail_leaves_only_where_the_script_asks_for_it(world, bea):
    address("hardware@demo.example", world.hardware)
    create(bea, article={"CommunicationChannel": "Email"})
    assert not Outgoing.objects.exists()
    create(bea, article={"CommunicationChannel": "Email", "ArticleSend": 1, "To": '"Dana" <dana@acme.example>'})
    assert Outgoing.objects.get().article.to == [{"name": "Dana", "address": "dana@acme.example"}]


def test_html_is_cleaned_and_comes_back_as_text_and_file(world, bea):
    body = "<p>It <b>hums</b>.</p><script>alert(1)</script>"
    ticket = create(bea, article={"Body": body, "ContentType": "text/html; charset=utf-8"})
    asked = {"AllArticles": "1", "Attachments": "1", "HTMLBodyAsAttachment": "1"}
    (article,) = show(bea, ticket, **asked)["Article"]
    assert article["Body"].strip() == "It hums."
    html = base64.b64decode(article["Attachment"][0]["Content"]).decode()
    assert "<b>hums</b>" in html
    assert "script" not in html


def test_articles_are_chosen_ordered_and_counted(world, bea, ticket):
    add_note(ticket, Message(text="One"), by=world.bea)
    add_note(ticket, Message(text="Two"), by=world.bea)
    (newest,) = show(bea, ticket, AllArticles="1", ArticleSenderType="agent", ArticleOrder="DESC", ArticleLimit="1")[
        "Article"
    ]
    assert (newest["Body"], newest["SenderType"]) == ("Two", "agent")
    assert newest["ArticleNumber"] == ticket.articles.count()


def test_closing_unlocks_and_an_update_without_change_succeeds(world, bea, ticket):
    bea("PATCH", "ticket", {"Ticket": {"Lock": "lock"}}, TicketID=ticket.pk)
    assert Ticket.objects.get().owner == world.bea
    bea("PATCH", "ticket", {"Ticket": {"State": "closed successful"}}, TicketID=ticket.pk)
    ticket.refresh_from_db()
    assert (ticket.is_locked, ticket.closed_at is not None) == (False, True)
    version = ticket.version
    answer = bea("PATCH", "ticket", {"Ticket": {"Title": "Printer hums"}}, TicketID=ticket.pk)
    assert answer == {"TicketID": str(ticket.pk), "TicketNumber": ticket.number}
    ticket.refresh_from_db()
    assert ticket.version == version
    assert code(bea.__class__({})("PATCH", "ticket", TicketID=ticket.pk)) == "TicketUpdate.EmptyRequest"


def test_a_ticket_is_named_by_its_number_where_the_id_is_missing(world, bea, ticket):
    sent = {"TicketNumber": ticket.number, "DynamicField": []}
    assert code(bea("PATCH", "ticket", sent, TicketID="0")) == "TicketUpdate.AccessDenied"


def test_an_empty_value_takes_a_dynamic_field_away(world, bea, ticket, fields):
    bea("PATCH", "ticket", {"DynamicField": {"Name": "Serial", "Value": "X"}}, TicketID=ticket.pk)
    assert Ticket.objects.get().custom_fields == {"serial": "X"}
    bea("PATCH", "ticket", {"DynamicField": {"Name": "serial", "Value": ""}}, TicketID=ticket.pk)
    assert Ticket.objects.get().custom_fields == {}


@pytest.fixture
def three(world) -> dict[str, Ticket]:
    make = TicketFactory
    tickets = {
        "old": make(title="Old printer", queue=world.support, customer=world.dana),
        "deep": make(title="Deep", queue=world.hardware, customer=world.erik, channel="phone"),
        "bill": make(title="Bill", queue=world.billing, customer=world.erik),
    }
    Ticket.objects.filter(pk=tickets["old"].pk).update(
        created_at=timezone.now() - timedelta(days=3), owner=world.bea, custom_fields={"floor": 3, "serial": "X-17"}
    )
    Ticket.objects.filter(pk=tickets["bill"].pk).update(
        state=State.objects.get(name="closed successful"), closed_at=timezone.now(), is_locked=True
    )
    return tickets


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, "bill deep old"),
        ({"OrderBy": "Up"}, "old deep bill"),
        ({"SortBy": "Title", "OrderBy": "Up"}, "bill deep old"),
        ({"Limit": 1}, "bill"),
        ({"Queues": ["Support"]}, "old"),
        ({"Queues": ["Support"], "UseSubQueues": 1}, "deep old"),
        ({"StateType": "Open"}, "deep old"),
        ({"StateType": ["Closed"]}, "bill"),
        ({"StateType": "new"}, "deep old"),
        ({"States": ["closed successful", "nonsense"]}, "bill"),
        ({"Locks": "lock"}, "bill"),
        ({"LockIDs": ["1"]}, "deep old"),
        ({"OwnerIDs": "0"}, "bill deep"),
        ({"Title": "*p*"}, "deep old"),
        ({"Title": ["Bill", "deep"]}, "bill deep"),
        ({"CustomerID": "Glob*"}, "bill deep"),
        ({"CustomerUserLogin": "erik@*"}, "bill deep"),
        ({"WatchUserIDs": ["1", "2"]}, ""),
        ({"DynamicField_floor": {"GreaterThan": "Infinity"}}, ""),
        ({"TicketCreateTimeOlderMinutes": 60}, "old"),
        ({"TicketCreateTimeNewerMinutes": 60}, "bill deep"),
        ({"TicketCloseTimeNewerDate": "2026-01-01 00:00:00"}, "bill"),
        ({"DynamicField_floor": {"GreaterThan": "2"}}, "old"),
        ({"DynamicField_floor": {"Equals": ["1", "3"]}}, "old"),
        ({"DynamicField_Serial": {"Like": "x-*"}}, "old"),
        ({"DynamicField_serial": {"Empty": 1}}, "bill deep"),
        ({"DynamicField_serial": "Like"}, "bill deep old"),
        ({"From": "*globex*"}, ""),
        ({"Body": "%hums%", "Subject": "%nothing%", "ContentSearch": "OR"}, "bill deep old"),
        ({"Body": "%hums%", "Subject": "%nothing%"}, ""),
        ({"ArticleCreateTimeNewerMinutes": 5}, "bill deep old"),
        ({"TicketEscalationTimeOlderMinutes": 0}, ""),
    ],
)
def test_searching(world, bea, fields, three, asked, expected):
    answer = bea("POST", "search", asked)
    by_id = {str(ticket.pk): name for name, ticket in three.items()}
    assert " ".join(by_id[pk] for pk in answer.get("TicketID", [])) == expected
    assert (answer == {}) is (expected == "")


def test_links_to_what_is_out_of_sight_are_not_told(world, bea, script, ticket):
    hidden = TicketFactory(queue=world.billing)
    link(ticket, hidden, LinkKind.NORMAL, by=world.bea)
    asked = {"Object": "Ticket", "Key": str(ticket.pk)}
    assert [one["Key"] for one in bea("GET", "link_list", asked)["LinkList"]] == [str(hidden.pk)]
    carlos = script(world.carlos)
    assert carlos("GET", "link_list", asked) == {"LinkList": []}
    carlos("DELETE", "link_delete_all", asked)
    assert ticket.links_from.count() + ticket.links_to.count() == 1


def test_a_link_is_of_one_type_and_not_to_oneself(world, bea, ticket):
    other = TicketFactory(queue=world.support)
    sent = {"SourceObject": "Ticket", "SourceKey": ticket.pk, "TargetObject": "Ticket", "TargetKey": other.pk}
    assert bea("POST", "link_add", {**sent, "Type": "ParentChild"}) == {"Success": 1}
    assert code(bea("POST", "link_add", {**sent, "Type": "Normal"})) == "LinkAdd.InvalidParameter"
    assert (
        code(bea("POST", "link_add", {**sent, "Type": "Normal", "TargetKey": ticket.pk})) == "LinkAdd.InvalidParameter"
    )
    assert (
        code(bea("POST", "link_add", {**sent, "TargetObject": "FAQ", "Type": "Normal"})) == "LinkAdd.InvalidParameter"
    )


@pytest.mark.parametrize(
    ("content", "expected"), [({}, False), ({"ContentSearch": "AND"}, False), ({"ContentSearch": "OR"}, True)]
)
def test_addresses_are_content_that_one_of_may_be_enough(world, bea, content, expected):
    create(bea, article={"SenderType": "customer"})
    for asked in ({"From": "*dana*", "Subject": "elephant"}, {"MIMEBase_From": "*dana*", "To": "*nobody*"}):
        assert ("TicketID" in bea("POST", "search", {**asked, **content})) is expected
    assert "TicketID" in bea("POST", "search", {"From": "*dana*", **content})


@pytest.mark.parametrize("asked", ["QueueIDs", "Queues"])
def test_queues_below_are_found_however_the_queue_is_named(world, bea, three, asked):
    queue = world.support.pk if asked == "QueueIDs" else "Support"

    def found(**more: str) -> set[str]:
        return set(bea("POST", "search", {asked: [queue], **more}).get("TicketID", []))

    deep = str(three["deep"].pk)
    assert deep not in found()
    assert found(UseSubQueues="1") == {deep, *found()}


def test_a_search_keeps_to_the_right_it_asks_about(world, script, ticket):
    agent = AgentFactory(password="demo")
    role("Just this", agent, note=world.support)
    for right, expected in (("ro", True), ("note", True), ("rw", False)):
        assert ("TicketID" in script(agent)("POST", "search", {"Permission": right})) is expected
    assert code(script(agent)("POST", "search", {"Permission": "sw"})) == "TicketSearch.InvalidParameter"


@pytest.mark.parametrize("kind", [LinkKind.NORMAL, LinkKind.DUPLICATE, LinkKind.CAUSED])
def test_what_is_shown_as_a_normal_link_is_removed_as_one(world, bea, ticket, kind):
    other = TicketFactory(queue=world.support)
    link(ticket, other, kind, by=world.bea)
    (shown,) = bea("GET", "link_list", {"Object": "Ticket", "Key": str(ticket.pk)})["LinkList"]
    sent = {"Object1": "Ticket", "Key1": ticket.pk, "Object2": "Ticket", "Key2": other.pk}
    bea("DELETE", "link_delete", {**sent, "Type": "ParentChild"})
    assert Link.objects.count() == 1
    assert bea("DELETE", "link_delete", {**sent, "Type": shown["Type"]}) == {"Success": 1}
    assert Link.objects.count() == 0


def test_queries_do_not_grow_with_the_tickets(world, bea, queries):
    asked = {"AllArticles": "1", "Attachments": "1", "DynamicFields": "1"}
    tickets = [TicketFactory(queue=world.support) for _ in range(6)]

    def count(some) -> int:
        with queries() as counted:
            bea("GET", "ticket_list", {**asked, "TicketID": ",".join(str(one.pk) for one in some)})
        return len(counted)

    assert count(tickets) == count(tickets[:2]) <= 16
