"""PyOTRS 1.5.3, unmodified, against a running server: a script that was written for OTRS keeps working."""

import importlib.metadata

import pyotrs
import pytest

from tests.factories import TicketFactory
from tickets.models import Event, Ticket

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def client(world, fields, live_server, tmp_path):
    made = pyotrs.Client(live_server.url, "bea@demo.example", "demo", session_id_file=str(tmp_path / "session"))
    assert made.session_create()
    return made


def opening(**more) -> "pyotrs.Ticket":
    facts = {"Title": "Disk full", "Queue": "Support", "State": "new", "Priority": "3 normal", **more}
    return pyotrs.Ticket.create_basic(CustomerUser="dana@acme.example", **facts)


def words(**more) -> "pyotrs.Article":
    return pyotrs.Article({"Subject": "Disk full", "Body": "Nothing can be säved.", **more})


def test_it_is_the_version_that_scripts_have():
    assert importlib.metadata.version("PyOTRS") == "1.5.3"


def test_a_session_is_made_in_one_request_kept_in_a_file_and_made_anew(client, live_server, tmp_path):
    assert client.use_legacy_sessions is False
    assert client.session_get(client.session_id_store.value)
    path = str(tmp_path / "kept")
    first = pyotrs.Client(live_server.url, "bea@demo.example", "demo", session_id_file=path)
    assert first.session_restore_or_create()
    second = pyotrs.Client(live_server.url, "bea@demo.example", "demo", session_id_file=path)
    assert second.session_restore_or_create()
    assert second.session_id_store.value == first.session_id_store.value
    assert client.session_get("nonsense") is False


def test_sessions_of_older_clients_work_alike(world, live_server, tmp_path):
    legacy = pyotrs.Client(
        live_server.url, "bea@demo.example", "demo", use_legacy_sessions=True, session_id_file=str(tmp_path / "s")
    )
    assert legacy.session_create()
    assert legacy.session_get(legacy.session_id_store.value)
    assert legacy.ticket_search() == []


def test_a_wrong_password_is_refused_with_the_error_of_otrs(world, live_server):
    wrong = pyotrs.Client(live_server.url, "bea@demo.example", "wrong")
    with pytest.raises(pyotrs.lib.APIError, match="SessionCreate.AuthFail"):
        wrong.session_create()


def test_a_ticket_with_attachment_and_dynamic_fields_comes_back_as_it_was_sent(client, world):
    file = pyotrs.Attachment.create_basic("TG9nIQ==", "text/plain", "log.txt")
    fields = [pyotrs.DynamicField("Serial", "X-17"), pyotrs.DynamicField("parts", ["toner"])]
    made = client.ticket_create(opening(Type="Incident"), words(), attachments=[file], dynamic_fields=fields)
    ticket = Ticket.objects.get(pk=made["TicketID"])
    assert made["TicketNumber"] == ticket.number
    shown = client.ticket_get_by_id(made["TicketID"], articles=True, attachments=True)
    assert (shown.field_get("Title"), shown.field_get("Queue"), shown.field_get("State")) == (
        "Disk full",
        "Support",
        "new",
    )
    assert (shown.field_get("Type"), shown.field_get("CustomerUserID")) == ("Incident", "dana@acme.example")
    assert shown.dynamic_field_get("serial").value == "X-17"
    assert shown.dynamic_field_get("parts").value == ["toner"]
    article = shown.article_get(made["ArticleID"])
    assert article.field_get("Body") == "Nothing can be säved."
    assert article.attachment_get("log.txt").Content == "TG9nIQ=="
    assert ticket.events.first().cause_kind == "otrs"
    assert ticket.events.first().actor == world.bea


def test_tickets_are_got_by_number_and_in_lists(client, world):
    one, other = (TicketFactory(title=title, queue=world.support) for title in ("One", "Other"))
    assert client.ticket_get_by_number(one.number).field_get("Title") == "One"
    found = client.ticket_get_by_list([one.pk, other.pk])
    assert [ticket.field_get("Title") for ticket in found] == ["One", "Other"]
    assert client.ticket_get_by_number("999999999") is False


def test_searching_by_fields_and_by_words(client, world):
    hums = TicketFactory(title="Printer hums", queue=world.support, customer=world.dana)
    smokes = TicketFactory(title="Oven smokes", queue=world.billing, customer=world.erik)
    assert client.ticket_search(Title="%hums%") == [str(hums.pk)]
    assert client.ticket_search(Queues=["Billing", "Support"]) == [str(smokes.pk), str(hums.pk)]
    assert client.ticket_search(CustomerUserID="erik@globex.example") == [str(smokes.pk)]
    assert client.ticket_search_full_text("smokes") == [str(smokes.pk)]
    assert client.ticket_search_full_text("nothing of this") == []


def test_an_update_changes_says_and_attaches(client, world):
    ticket = TicketFactory(title="Printer hums", queue=world.support, customer=world.dana)
    file = pyotrs.Attachment.create_basic("TG9nIQ==", "text/plain", "log.txt")
    done = client.ticket_update(
        ticket.pk,
        article=words(Subject="Looked at", Body="It was the drum."),
        attachments=[file],
        dynamic_fields=[pyotrs.DynamicField("serial", "Y-1")],
        Title="Printer hummed",
        Priority="5 very high",
        Owner="carlos@demo.example",
        Lock="lock",
    )
    ticket.refresh_from_db()
    assert (ticket.title, ticket.priority.name, ticket.owner) == ("Printer hummed", "5 very high", world.carlos)
    assert (ticket.is_locked, ticket.custom_fields) == (True, {"serial": "Y-1"})
    article = ticket.articles.get(pk=done["ArticleID"])
    assert (article.subject, article.body, article.visible_to_customer) == ("Looked at", "It was the drum.", True)
    assert [file.content() for file in article.attachments.all()] == [b"Log!"]


def test_waiting_until_a_time(client, world):
    ticket = TicketFactory(queue=world.support)
    assert client.ticket_update_set_pending(ticket.pk, pending_days=2)
    ticket.refresh_from_db()
    assert ticket.state.name == "pending reminder"
    shown = client.ticket_get_by_id(ticket.pk)
    assert shown.field_get("StateType") == "pending reminder"
    assert 47 * 3600 < shown.field_get("UntilTime") <= 48 * 3600


def test_the_history_under_its_old_names(client, world):
    ticket = TicketFactory(title="Printer hums", queue=world.support, customer=world.dana, channel="phone")
    client.ticket_update(ticket.pk, Queue="Billing")
    client.ticket_update(ticket.pk, State="closed successful")
    told = client.ticket_history_get_by_id(ticket.pk)["History"]
    assert [line["HistoryType"] for line in told] == ["NewTicket", "Move", "StateUpdate"]
    assert told[1]["Name"] == f"%%Billing%%{world.billing.pk}%%Support%%{world.support.pk}"
    assert [line["QueueID"] for line in told] == [str(world.support.pk), *[str(world.billing.pk)] * 2]
    assert told[2]["Name"] == "%%new%%closed successful%%"


def test_links(client, world):
    parent, child = (TicketFactory(queue=world.support) for _ in range(2))
    assert client.link_list(parent.pk) is None
    assert client.link_add(parent.pk, child.pk, link_type="ParentChild")
    found = {"Object": "Ticket", "Key": str(child.pk), "Type": "ParentChild", "Direction": "Target", "State": "Valid"}
    assert client.link_list(parent.pk) == [found]
    assert client.link_list(child.pk, direction="Target") is None
    assert client.link_delete(parent.pk, child.pk, link_type="ParentChild")
    assert client.link_add(parent.pk, child.pk)
    assert client.link_delete_all(parent.pk)
    assert client.link_list(parent.pk) is None
    assert client.link_possible_types_list() == ["Normal", "ParentChild"]
    assert client.link_possible_objects_list() == ["Ticket"]
    assert {one["Type"] for one in client.link_possible_link_list()} == {"Normal", "ParentChild"}


def test_what_is_out_of_sight_is_refused_as_in_otrs(client, world, live_server):
    TicketFactory(queue=world.billing)
    carlos = pyotrs.Client(live_server.url, "carlos@demo.example", "demo")
    carlos.session_create()
    hidden, events = Ticket.objects.get(), Event.objects.count()
    for attempt in (
        lambda: carlos.ticket_get_by_id(hidden.pk),
        lambda: carlos.ticket_get_by_id(99_999_999),
        lambda: carlos.ticket_update(hidden.pk, Title="Mine"),
        lambda: carlos.ticket_history_get_by_id(hidden.pk),
        lambda: carlos.link_add(hidden.pk, hidden.pk),
    ):
        with pytest.raises(pyotrs.lib.APIError, match=r"\w+\.AccessDenied"):
            attempt()
    assert carlos.ticket_search() == []
    assert Event.objects.count() == events
