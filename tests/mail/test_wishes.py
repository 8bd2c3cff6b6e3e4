"""Each header of a trusted system (reference of OTRS, 2.7), for a new ticket and for one that is there."""

from datetime import timedelta

import pytest
from django.utils import timezone

from mail.models import Outgoing
from sla.configuring import save_policy
from sla.models import Policy
from tests.mail.mails import raw_mail
from tests.mail.proofs import trust_the_receiver
from tests.mail.stories import answered, close, our_message_id
from tickets.models import FieldDefinition, Queue, Service, State, Ticket
from tickets.models.ticket import Ticket as TicketModel


@pytest.fixture(autouse=True)
def trusted(world) -> None:
    trust_the_receiver(world.alex, reads_headers=True)
    for key in ("room", "ticketfreetext1", "ticketfreekey2", "ticketfreetime3", "articlefreetext1"):
        FieldDefinition.objects.create(key=key, label=key, kind="text")
    FieldDefinition.objects.create(key="rooms", label="Rooms", kind="multiselect", options=["1", "2"])
    Service.objects.create(name="Printing", path="Work::Printing", queue=world.support)
    save_policy(Policy(name="Gold"), [], by=world.alex)


def pk_of(model, **names) -> str:
    return str(model.objects.get(**names).pk)


def sla(ticket: TicketModel) -> str:
    return ticket.targets.policy.name if ticket.targets.policy else ""


# (header without its beginning, value, what the ticket then says, and that)
TABLE = [
    ("Queue", "billing", lambda t: t.queue.path, "Billing"),
    ("QueueID", lambda w: w.billing.pk, lambda t: t.queue.path, "Billing"),
    ("Priority", "4 high", lambda t: t.priority.level, 4),
    ("PriorityID", lambda w: 4, lambda t: t.priority_id, 4),
    ("Type", "Incident", lambda t: t.type.name, "Incident"),
    ("TypeID", lambda w: 2, lambda t: t.type_id, 2),
    ("State", "closed successful", lambda t: t.state.name, "closed successful"),
    ("StateID", lambda w: State.objects.get(name="open").pk, lambda t: t.state.name, "open"),
    ("Service", "work::printing", lambda t: t.service.path, "Work::Printing"),
    ("ServiceID", lambda w: Service.objects.get().pk, lambda t: t.service.path, "Work::Printing"),
    ("SLA", "gold", sla, "Gold"),
    ("SLAID", lambda w: Policy.objects.get().pk, sla, "Gold"),
    ("Owner", "bea@demo.example", lambda t: t.owner.email, "bea@demo.example"),
    ("OwnerID", lambda w: w.bea.pk, lambda t: t.owner.email, "bea@demo.example"),
    ("Responsible", "carlos@demo.example", lambda t: t.responsible.email, "carlos@demo.example"),
    ("ResponsibleID", lambda w: w.carlos.pk, lambda t: t.responsible.email, "carlos@demo.example"),
    ("Title", "Set by the monitor", lambda t: t.title, "Set by the monitor"),
    ("Tags", "disk, monitor", lambda t: t.tags, ["disk", "monitor"]),
    ("Keywords", "disk", lambda t: t.tags, ["disk"]),
    ("DynamicField-room", "E 17", lambda t: t.custom_fields, {"room": "E 17"}),
    ("DynamicField-Room", "E 17", lambda t: t.custom_fields, {"room": "E 17"}),
    ("DynamicField-rooms", "1, 2", lambda t: t.custom_fields, {"rooms": ["1", "2"]}),
    ("TicketValue1", "a", lambda t: t.custom_fields, {"ticketfreetext1": "a"}),
    ("TicketKey2", "b", lambda t: t.custom_fields, {"ticketfreekey2": "b"}),
    ("TicketTime3", "2026-12-24", lambda t: t.custom_fields, {"ticketfreetime3": "2026-12-24"}),
    ("ArticleValue1", "c", lambda t: t.custom_fields, {"articlefreetext1": "c"}),
    ("SenderType", "system", lambda t: t.articles.order_by("-pk")[0].sender, "system"),
    ("SenderType", "agent", lambda t: t.articles.order_by("-pk")[0].sender, "agent"),
    ("IsVisibleForCustomer", "0", lambda t: t.articles.filter(body="It hums.")[0].visible_to_customer, False),
    ("IsVisibleForCustomer", "1", lambda t: t.articles.filter(body="It hums.")[0].visible_to_customer, True),
]
IDS = [f"{header}-{place}" for place, (header, *_rest) in enumerate(TABLE)]


def value_of(value, world) -> str:
    return str(value(world)) if callable(value) else value


def headers(prefix: str, found: dict[str, str]) -> dict[str, str]:
    return {f"{prefix}{name}".replace("-", "_"): value for name, value in found.items()}


def opened(take_in, **found: str) -> Ticket:
    return take_in(raw_mail("It hums.", **headers("X-OTRS-", found))).article.ticket


def followed(take_in, world, **found: str) -> Ticket:
    """An answer of the customer's on a ticket that is there."""
    ticket = answered(take_in, world)
    raw = raw_mail("It hums.", in_reply_to=our_message_id(ticket), **headers("X-OTRS-FollowUp-", found))
    assert take_in(raw).article.ticket == ticket
    return Ticket.objects.get(pk=ticket.pk)


@pytest.mark.parametrize(("header", "value", "shown", "expected"), TABLE, ids=IDS)
def test_on_a_new_ticket(take_in, world, header, value, shown, expected):
    incoming = take_in(raw_mail("It hums.", **headers("X-OTRS-", {header: value_of(value, world)})))
    assert shown(Ticket.objects.get(pk=incoming.article.ticket_id)) == expected
    assert [step["result"] for step in incoming.trace if step["step"] == "header"] == ["obeyed"]


@pytest.mark.parametrize(("header", "value", "shown", "expected"), TABLE, ids=IDS)
def test_on_one_that_is_there(take_in, world, header, value, shown, expected):
    ticket = followed(take_in, world, **{header: value_of(value, world)})
    assert shown(ticket) == expected


@pytest.mark.parametrize(("header", "value", "shown", "expected"), TABLE, ids=IDS)
def test_the_form_for_new_ones_says_nothing_about_one_that_is_there(take_in, world, header, value, shown, expected):
    ticket = answered(take_in, world)
    before = Ticket.objects.filter(pk=ticket.pk).values("queue", "priority", "type", "owner", "title", "tags").get()
    raw = raw_mail("Ok.", in_reply_to=our_message_id(ticket), **headers("X-OTRS-", {header: value_of(value, world)}))
    assert take_in(raw).article.sender == "customer"
    assert Ticket.objects.filter(pk=ticket.pk).values(*before).get() == before


class TestLock:
    @pytest.mark.parametrize(("word", "is_locked"), [("lock", True), ("2", True), ("unlock", False), ("1", False)])
    def test_a_ticket_is_locked_for_its_owner(self, take_in, world, word, is_locked):
        ticket = opened(take_in, Lock=word, Owner="bea@demo.example")
        assert (ticket.is_locked, ticket.owner) == (is_locked, world.bea)

    def test_one_that_nobody_has_is_not_locked(self, take_in, world):
        incoming = take_in(raw_mail("It hums.", x_otrs_lock="lock"))
        assert not incoming.article.ticket.is_locked
        assert incoming.trace[-1] == {"step": "header", "found": "Lock", "result": "needs an owner"}

    def test_a_follow_up_locks_and_unlocks(self, take_in, world):
        ticket = followed(take_in, world, Lock="lock", Owner="bea@demo.example")
        assert (ticket.is_locked, ticket.owner) == (True, world.bea)
        raw = raw_mail("Ok.", in_reply_to=our_message_id(ticket), x_otrs_followup_lock="unlock")
        take_in(raw)
        ticket.refresh_from_db()
        assert (ticket.is_locked, ticket.owner) == (False, world.bea)


class TestPendingTime:
    @pytest.mark.parametrize("value", ["+3d", "2 d", "4320m", "259200"])
    def test_a_span_or_a_moment(self, take_in, world, value):
        ticket = opened(take_in, **{"State": "pending reminder", "State-PendingTime": value})
        assert ticket.state.name == "pending reminder"
        assert timedelta(days=1) < ticket.pending_until - timezone.now() <= timedelta(days=3)

    def test_on_a_follow_up(self, take_in, world):
        ticket = followed(
            take_in, world, **{"State": "pending auto close+", "State-PendingTime": "2099-01-01 10:00:00"}
        )
        assert (ticket.state.name, ticket.pending_until.year) == ("pending auto close+", 2099)

    def test_state_keep_leaves_it_waiting(self, take_in, world):
        ticket = answered(take_in, world)
        close(ticket, by=world.bea)
        raw = raw_mail("Ok.", in_reply_to=our_message_id(ticket), x_otrs_followup_state_keep="1")
        assert take_in(raw).article.ticket == ticket
        ticket.refresh_from_db()
        assert ticket.state.type == "closed"


class TestCustomer:
    def test_somebody_else_asks(self, take_in, world):
        ticket = opened(take_in, CustomerUser="erik@globex.example")
        assert (ticket.customer, ticket.articles.first().author) == (world.erik, world.dana)

    def test_a_new_address_makes_a_customer(self, take_in, world):
        assert opened(take_in, CustomerUser="new@nowhere.example").customer.email == "new@nowhere.example"

    def test_the_organisation_is_named(self, take_in, world):
        ticket = opened(take_in, CustomerUser="erik@globex.example", CustomerNo="acme")
        assert (ticket.customer, ticket.organisation) == (world.erik, world.acme)

    def test_the_system_that_opened_it_goes_on_with_it(self, take_in, world):
        ticket = opened(take_in, CustomerUser="erik@globex.example")
        back = take_in(raw_mail("And again.", subject=f"[#{ticket.number}] Printer"))
        assert back.article.ticket == ticket

    @pytest.mark.parametrize("value", ["dana", "a b@c.example", "gone@acme.example"])
    def test_what_is_nobody_changes_nothing(self, take_in, world, value):
        gone = world.erik
        gone.addresses.update(address="gone@acme.example")
        type(gone).objects.filter(pk=gone.pk).update(is_active=False, email="gone@acme.example")
        incoming = take_in(raw_mail("It hums.", x_otrs_customeruser=value))
        assert incoming.article.ticket.customer == world.dana
        assert incoming.trace[-1]["result"] == "not known here"

    def test_follow_ups_do_not_change_it(self, take_in, world):
        ticket = followed(take_in, world, CustomerUser="erik@globex.example", CustomerNo="Globex", Loop="yes")
        assert (ticket.customer, ticket.organisation) == (world.dana, world.acme)


class TestWhoSpeaks:
    @pytest.mark.parametrize("sender", ["agent", "system"])
    def test_words_that_were_sent_elsewhere_are_not_sent_again(self, take_in, world, sender):
        ticket = opened(take_in, SenderType=sender)
        assert not Outgoing.objects.filter(ticket=ticket).exists()
        assert ticket.articles.get().visible_to_customer

    def test_an_agents_words_reopen_nothing(self, take_in, world):
        ticket = answered(take_in, world)
        close(ticket, by=world.bea)
        sent = Outgoing.objects.count()
        raw = raw_mail("By phone.", in_reply_to=our_message_id(ticket), x_otrs_followup_sendertype="agent")
        assert take_in(raw).article.ticket == ticket
        ticket.refresh_from_db()
        assert (ticket.state.type, Outgoing.objects.count()) == ("closed", sent)

    def test_what_customers_may_not_read_gets_no_receipt(self, take_in, world):
        ticket = opened(take_in, IsVisibleForCustomer="0")
        assert not Outgoing.objects.filter(ticket=ticket).exists()
        assert not Ticket.objects.of_customer(world.dana).filter(pk=ticket.pk).exists()

    def test_internal_words_stay_internal_on_a_follow_up(self, take_in, world):
        ticket = followed(take_in, world, IsVisibleForCustomer="0")
        last = ticket.articles.get(body="It hums.")
        assert (last.visible_to_customer, last.sender) == (False, "customer")


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("Queue", "Nowhere"),
        ("QueueID", "999999"),
        ("QueueID", "²"),
        ("StateID", "one"),
        ("State", "merged"),
        ("Service", "Nothing"),
        ("SLA", "Lead"),
        ("SLAID", "0"),
        ("Responsible", "dana@acme.example"),
        ("OwnerID", "0"),
        ("Lock", "maybe"),
        ("SenderType", "robot"),
        ("IsVisibleForCustomer", "yes"),
        ("CustomerNo", "Nobody"),
        ("State-PendingTime", "yesterday"),
        ("DynamicField-none", "x"),
    ],
)
def test_what_is_not_known_here_changes_nothing_and_stands_in_the_trace(take_in, world, header, value):
    incoming = take_in(raw_mail("It hums.", **headers("X-OTRS-", {header: value})))
    ticket = incoming.article.ticket
    assert (ticket.queue, ticket.state.name, ticket.owner, ticket.responsible) == (world.support, "new", None, None)
    assert (ticket.service, ticket.is_locked, ticket.articles.filter(sender="customer").count()) == (None, False, 1)
    assert incoming.trace[-1]["result"] == "not known here"


def test_nobody_answers_for_what_he_may_not_see(take_in, world):
    ticket = opened(take_in, Queue="Billing", Responsible="carlos@demo.example")
    assert (ticket.queue, ticket.responsible) == (world.billing, None)


def test_a_mail_full_of_headers_costs_a_bounded_number_of_questions(take_in, world, queries):
    found = {"Queue": "Billing", "Service": "Work::Printing", "SLA": "Gold", "Owner": "bea@demo.example"}
    found |= {f"DynamicField-none{n}": "x" for n in range(100)}
    with queries() as asked:
        opened(take_in, **found)
    assert len(asked) < 300
    assert Queue.objects.count() == 3
