"""What filters, known senders and trusted headers do to the mail that comes in."""

import pytest
from django.core.exceptions import ValidationError

from mail.filters import move_filter, save_filter, save_known_sender
from mail.models import Filter, KnownSender, Outgoing
from tests.factories import QueueFactory
from tests.mail.mails import raw_mail
from tests.mail.proofs import proven, trust_the_receiver
from tests.mail.stories import DANA, ERIK, answered, close, our_message_id
from tickets.models import FieldDefinition, Priority, Ticket, TicketType


def condition(part: str, test: str, value: str, header: str = "") -> dict[str, str]:
    return {"part": part, "test": test, "value": value, "header": header}


@pytest.fixture
def rule(world):
    def make(name: str, *conditions: dict[str, str], **fields) -> Filter:
        return save_filter(Filter(name=name, conditions=list(conditions), **fields), by=world.alex)

    return make


@pytest.fixture
def junk(world):
    return QueueFactory(name="Junk", is_junk=True)


@pytest.fixture
def jira(world) -> FieldDefinition:
    return FieldDefinition.objects.create(key="jira", label="JIRA", kind="text")


PRINTER = condition("subject", "contains", "printer")


def test_a_filter_sets_everything_that_a_ticket_begins_with(take_in, world, rule, jira):
    high, incident = Priority.objects.get(level=4), TicketType.objects.get(name="Incident")
    found = condition("subject", "matches", r"\[(?P<key>JIRA-\d+)\]")
    words = {"queue": world.billing, "priority": high, "type": incident}
    rule("Jira", found, PRINTER, tags=["from jira", "{key}"], fields={"jira": "{key}"}, **words)
    incoming = take_in(raw_mail(subject="[JIRA-123] Printer"))
    ticket = incoming.article.ticket
    assert (ticket.queue, ticket.priority, ticket.type) == (world.billing, high, incident)
    assert (ticket.tags, ticket.custom_fields) == (["JIRA-123", "from jira"], {"jira": "JIRA-123"})
    assert incoming.trace == [{"step": "filter", "found": "Jira (1: JIRA-123, key: JIRA-123)", "result": "fits"}]
    other = take_in(raw_mail(subject="Printer")).article.ticket
    assert (other.queue, other.tags) == (world.support, [])


def test_the_lower_one_has_the_last_word_unless_one_above_stops(take_in, world, rule):
    first = rule("First", PRINTER, queue=world.billing, tags=["a"])
    second = rule("Second", PRINTER, queue=world.hardware, tags=["b"])
    ticket = take_in(raw_mail("1")).article.ticket
    assert (ticket.queue, ticket.tags) == (world.hardware, ["a", "b"])
    first.is_last = True
    save_filter(first, by=world.alex)
    assert take_in(raw_mail("2")).article.ticket.queue == world.billing
    move_filter(second, -1, by=world.alex)
    assert take_in(raw_mail("3")).article.ticket.tags == ["a", "b"]


def test_an_inactive_filter_and_an_inactive_queue_do_nothing(take_in, world, rule):
    rule("Off", PRINTER, queue=world.billing, is_active=False)
    world.hardware.is_active = False
    world.hardware.save()
    rule("Gone", PRINTER, queue=world.hardware)
    incoming = take_in(raw_mail())
    assert incoming.article.ticket.queue == world.support
    assert {"step": "filter", "found": "Support::Hardware", "result": "queue is not in use"} in incoming.trace


def test_ignored_mail_makes_no_ticket_and_says_which_filter(take_in, world, rule):
    rule("Newsletters", condition("header", "contains", "http", "List-Unsubscribe"), action="ignore")
    incoming = take_in(raw_mail(list_unsubscribe="<http://x.example>"))
    assert (incoming.state, incoming.reason_code, incoming.reason) == ("ignored", "filtered", "Newsletters")
    assert not Ticket.objects.exists()
    assert not Outgoing.objects.exists()


def test_ignore_counts_for_answers_too(take_in, world, rule):
    ticket = answered(take_in, world)
    rule("Thanks", condition("body", "matches", r"\Athank you\s*\Z"), action="ignore")
    back = take_in(raw_mail("Thank you", in_reply_to=our_message_id(ticket)))
    assert (back.state, ticket.articles.filter(sender="customer").count()) == ("ignored", 1)


def test_junk_goes_into_its_queue_and_nobody_is_answered(take_in, world, rule, junk):
    rule("Spam", condition("header", "at_least", "5", "X-Spam-Score"), action="junk", queue=world.billing)
    assert take_in(raw_mail("1", x_spam_score="7.5")).article.ticket.queue == junk
    assert not Outgoing.objects.exists()
    assert take_in(raw_mail("2", x_spam_score="4.9")).article.ticket.queue == world.support


def test_without_a_queue_for_junk_it_stays_where_it_was_sent(take_in, world, rule):
    rule("Spam", condition("header", "at_least", "5", "X-Spam-Score"), action="junk")
    assert take_in(raw_mail(x_spam_score="7.5")).article.ticket.queue == world.support


def test_a_value_that_does_not_fit_its_field_is_left_out(take_in, world, rule):
    FieldDefinition.objects.create(key="number", label="Number", kind="number")
    FieldDefinition.objects.create(key="floor", label="Floor", kind="dropdown", options=["1", "2"])
    rule("Fields", PRINTER, fields={"number": "many", "floor": "2", "unknown": "x"})
    incoming = take_in(raw_mail())
    assert incoming.article.ticket.custom_fields == {"floor": "2"}
    assert [step["found"] for step in incoming.trace if step["step"] == "field"] == ["number: many", "unknown: x"]


def test_t64_an_expression_without_end_delays_nothing(take_in, world, rule):
    rule("Bad", condition("subject", "matches", "(a+)+$"), queue=world.billing)
    rule("Good", condition("subject", "contains", "aaa"), tags=["seen"])
    incoming = take_in(raw_mail(subject="a" * 900 + "!"))
    assert (incoming.article.ticket.queue, incoming.article.ticket.tags) == (world.support, ["seen"])
    assert incoming.trace[0] == {"step": "filter", "found": "Bad", "result": "too slow"}


@pytest.mark.parametrize(
    "wrong",
    [
        condition("nothing", "contains", "x"),
        condition("subject", "sounds", "x"),
        condition("subject", "contains", " "),
        condition("subject", "matches", "("),
        condition("header", "contains", "x", "no header"),
        condition("header", "at_least", "many", "X-Spam"),
    ],
)
def test_conditions_that_cannot_be_read_are_refused(rule, wrong):
    with pytest.raises(ValidationError):
        rule("Wrong", wrong)
    with pytest.raises(ValidationError):
        rule("None")
    with pytest.raises(ValidationError):
        rule("Joins", PRINTER, joins_by="jira")


# Numbers of other systems.


def test_the_number_of_another_system_joins_what_the_same_sender_began(take_in, world, rule, jira):
    found = condition("subject", "matches", r"\[(JIRA-\d+)\]")
    rule("Jira", found, fields={"jira": "{1}"}, joins_by="jira")
    ticket = take_in(raw_mail("opened", subject="[JIRA-123] New")).article.ticket
    back = take_in(raw_mail("changed", subject="Update [JIRA-123]"))
    assert (back.article.ticket, back.article.marks) == (ticket, [{"code": "unverified"}])
    assert back.trace[-1] == {"step": "external", "found": ticket.number, "result": "sender takes part"}
    assert take_in(raw_mail("other", subject="[JIRA-124]")).article.ticket != ticket
    stranger = take_in(raw_mail("mine", sender=ERIK, subject="[JIRA-123]"))
    assert stranger.article.ticket != ticket
    close(ticket, by=world.bea)
    assert take_in(raw_mail("again", subject="[JIRA-123]")).article.ticket != ticket


# Known senders.


def known(world, pattern: str, verdict: str) -> KnownSender:
    return save_known_sender(KnownSender(pattern=pattern, verdict=verdict), by=world.alex)


@pytest.mark.parametrize(
    ("pattern", "sender", "state"),
    [
        ("eve@evil.example", "Eve <EVE@evil.example>", "ignored"),
        ("@evil.example", "bob@evil.example", "ignored"),
        ("@evil.example", "bob@mail.evil.example", "ignored"),
        ("@evil.example", "bob@notevil.example", "ticketed"),
        ("eve@evil.example", "bob@evil.example", "ticketed"),
    ],
)
def test_mail_of_a_denied_sender_makes_no_ticket(take_in, world, pattern, sender, state):
    known(world, pattern, "denied")
    incoming = take_in(raw_mail(sender=sender))
    assert incoming.state == state
    if state == "ignored":
        assert (incoming.reason_code, incoming.reason) == ("denied", pattern)


def test_an_address_counts_before_its_domain(take_in, world):
    known(world, "@evil.example", "denied")
    known(world, "good@evil.example", "wanted")
    assert take_in(raw_mail(sender="good@evil.example")).state == "ticketed"


def test_who_is_always_wanted_is_no_junk_unless_he_is_forged(take_in, world, rule, junk):
    trust_the_receiver(world.alex)
    rule("Spam", condition("header", "at_least", "5", "X-Spam-Score"), action="junk")
    known(world, DANA, "wanted")
    assert take_in(proven(raw_mail("1", x_spam_score="9"), "none")).article.ticket.queue == world.support
    assert take_in(proven(raw_mail("2", x_spam_score="9"), "fail")).article.ticket.queue == junk


def test_a_sender_may_be_junk_himself(take_in, world, junk):
    known(world, "@evil.example", "junk")
    assert take_in(raw_mail(sender="bob@evil.example")).article.ticket.queue == junk


def test_a_filter_may_ask_for_the_proof(take_in, world, rule, junk):
    trust_the_receiver(world.alex)
    rule("Forged", condition("proof", "is", "fail"), action="junk")
    assert take_in(proven(raw_mail("1"), "fail")).article.ticket.queue == junk
    assert take_in(proven(raw_mail("2"))).article.ticket.queue == world.support


# Headers of trusted systems.

HEADERS = {
    "x_otrs_queue": "Billing",
    "x_otrs_priority": "4 high",
    "x_otrs_type": "incident",
    "x_otrs_state": "pending reminder",
    "x_otrs_state_pendingtime": "+3d",
    "x_otrs_owner": "bea@demo.example",
    "x_otrs_title": "Set by the monitor",
    "x_otrs_dynamicfield_jira": "JIRA-9",
    "x_helpdesk_tags": "monitor, disk",
}


@pytest.mark.parametrize("prefix", ["x_otrs_", "x_helpdesk_"])
def test_headers_are_obeyed_where_they_are_trusted(take_in, world, jira, prefix):
    trust_the_receiver(world.alex, reads_headers=True)
    headers = {name.replace("x_otrs_", prefix): value for name, value in HEADERS.items()}
    ticket = take_in(raw_mail(**headers)).article.ticket
    assert (ticket.queue, ticket.priority.level, ticket.type.name) == (world.billing, 4, "Incident")
    assert (ticket.state.name, ticket.owner, ticket.title) == ("pending reminder", world.bea, "Set by the monitor")
    assert (ticket.custom_fields, ticket.tags) == ({"jira": "JIRA-9"}, ["disk", "monitor"])
    assert ticket.pending_until is not None


def test_headers_of_anybody_else_do_nothing(take_in, world, jira):
    ticket = take_in(raw_mail(**HEADERS, x_otrs_ignore="yes")).article.ticket
    assert (ticket.queue, ticket.priority.level, ticket.state.name) == (world.support, 3, "new")
    assert (ticket.owner, ticket.custom_fields, ticket.tags) == (None, {}, [])


def test_what_a_header_names_and_is_not_there_changes_nothing(take_in, world):
    trust_the_receiver(world.alex, reads_headers=True)
    wrong = {"x_otrs_queue": "Nowhere", "x_otrs_state": "pending reminder", "x_otrs_owner": "dana@acme.example"}
    incoming = take_in(raw_mail(**wrong, x_otrs_dynamicfield_none="x"))
    ticket = incoming.article.ticket
    assert (ticket.queue, ticket.state.name, ticket.owner) == (world.support, "new", None)
    told = [step["result"] for step in incoming.trace if step["step"] == "header"]
    assert told == ["not known here", "obeyed", "not known here", "not known here", "needs a time"]


def test_nobody_becomes_the_owner_of_what_he_may_not_see(take_in, world):
    trust_the_receiver(world.alex, reads_headers=True)
    headers = {"x_otrs_queue": "Billing", "x_otrs_owner": "carlos@demo.example"}
    assert take_in(raw_mail(**headers)).article.ticket.owner is None


def test_a_trusted_header_may_have_a_message_ignored(take_in, world):
    trust_the_receiver(world.alex, reads_headers=True)
    assert take_in(raw_mail(x_otrs_ignore="yes")).state == "ignored"
    assert take_in(raw_mail("2", x_otrs_ignore="no")).state == "ticketed"


def test_follow_ups_have_headers_of_their_own(take_in, world):
    trust_the_receiver(world.alex, reads_headers=True)
    ticket = answered(take_in, world)
    headers = {
        "x_otrs_queue": "Billing",
        "x_otrs_followup_priority": "5 very high",
        "x_otrs_followup_state": "closed successful",
        "x_otrs_followup_tags": "done",
    }
    back = take_in(raw_mail("It works again.", in_reply_to=our_message_id(ticket), **headers))
    ticket.refresh_from_db()
    assert back.article.ticket == ticket
    assert (ticket.queue, ticket.priority.level, ticket.state.name) == (world.support, 5, "closed successful")
    assert ticket.tags == ["done"]
