"""Agents who answer notices, give commands and forward by mail: only when proven, only with the right."""

import pytest

from mail.filters import save_queue_intake
from mail.models import Outgoing
from tests.mail.mails import mail, raw, raw_mail
from tests.mail.proofs import proven, trust_the_receiver
from tests.mail.stories import DANA, answered, our_message_id
from tests.mail.test_commands import FORWARDS
from tickets.actions.opening import Opening, open_ticket
from tickets.actions.replying import reply
from tickets.messages import Message
from tickets.models import Ticket
from tickets.rights import grant, revoke

BEA, CARLOS = "Bea Costa <bea@demo.example>", "Carlos Díaz <carlos@demo.example>"


@pytest.fixture(autouse=True)
def trusting(world) -> None:
    trust_the_receiver(world.alex)


@pytest.fixture
def ticket(take_in, world) -> Ticket:
    return answered(take_in, world)


def from_bea(ticket: Ticket, text: str, *, sender: str = BEA, **headers: str) -> bytes:
    return raw_mail(text, sender=sender, in_reply_to=our_message_id(ticket), subject="Re: notice", **headers)


def told(incoming) -> list[tuple[str, str]]:
    return [(step["found"], step["result"]) for step in incoming.trace if step["step"] in ("command", "agent")]


def test_what_a_proven_agent_writes_is_a_note(take_in, world, ticket):
    sent = Outgoing.objects.count()
    back = take_in(proven(from_bea(ticket, "I have seen this before.")))
    article = back.article
    assert (article.ticket, article.sender, article.channel, article.author) == (ticket, "agent", "note", world.bea)
    assert (article.visible_to_customer, Outgoing.objects.count(), back.outcome) == (False, sent, "follow_up")
    assert told(back) == [(ticket.number, "noted")]


def test_with_a_command_it_is_an_answer_to_the_customer_without_what_was_quoted(take_in, world, ticket):
    text = "#reply\nPlease try again.\n\nOn 17 Nov 2026 at 09:12, Helpdesk <support@demo.example> wrote:\n> internal\n"
    back = take_in(proven(from_bea(ticket, text)))
    article = back.article
    assert (article.sender, article.visible_to_customer, article.body) == ("agent", True, "Please try again.")
    assert article.to == [{"name": "Dana Miller", "address": DANA}]
    outgoing = Outgoing.objects.get(article=article)
    assert [one["address"] for one in outgoing.recipients] == [DANA]


@pytest.mark.parametrize("verdict", ["none", "fail", None])
def test_t25_an_agent_who_is_not_proven_writes_no_article_and_gives_no_command(take_in, world, ticket, verdict):
    raw_one = from_bea(ticket, "#close\n#reply\nBuy now.")
    back = take_in(proven(raw_one, verdict) if verdict else raw_one)
    ticket.refresh_from_db()
    assert ticket.state.name == "open"
    assert not ticket.articles.filter(body__contains="Buy now").exists()
    assert (back.article.sender, back.outcome) == ("customer", "new")
    assert {"step": "agent", "found": "bea@demo.example", "result": "not proven"} in back.trace
    assert {"code": "names_ticket", "number": ticket.number} in back.article.marks


def test_t25_not_even_where_an_agent_has_written_to_him(take_in, world, ticket):
    to = [{"name": "", "address": "bea@demo.example"}, {"name": "", "address": DANA}]
    reply(ticket, Message(text="For both.", to=to), by=world.carlos)
    back = take_in(proven(from_bea(ticket, "#close\nyes"), "none"))
    ticket.refresh_from_db()
    assert (back.article.ticket, back.article.sender, ticket.state.name) == (ticket, "customer", "open")


def test_t24_an_agent_without_the_right_any_more_is_not_posted_and_somebody_is_told(take_in, world, ticket):
    revoke(world.support_role, world.support, "write")
    articles, events = ticket.articles.count(), ticket.events.count()
    back = take_in(proven(from_bea(ticket, "#close\nI am still here.", sender=CARLOS)))
    assert (back.state, back.reason_code, back.reason) == ("quarantined", "not_allowed", ticket.number)
    assert (ticket.articles.count(), ticket.events.count(), back.article) == (articles, events, None)
    assert told(back) == [(ticket.number, "no right")]


def test_t24_a_deactivated_agent_is_not_posted_either(take_in, world, ticket):
    world.bea.is_active = False
    world.bea.save()
    back = take_in(proven(from_bea(ticket, "I am still here.")))
    assert (back.state, back.reason_code) == ("quarantined", "deactivated")


def test_an_agent_may_be_a_customer_of_his_own_ticket(take_in, world):
    opened = take_in(proven(raw_mail("My screen is dark.", sender=BEA))).article.ticket
    back = take_in(proven(raw_mail("Still dark.", sender=BEA, subject=f"[#{opened.number}]")))
    assert (back.article.ticket, back.article.sender) == (opened, "customer")


def test_every_command_goes_through_its_verb(take_in, world, ticket):
    text = (
        "#owner carlos@demo.example\n#queue Support/Hardware\n#priority 4 high\n#tag printer, vip\n"
        "#state pending reminder +2d\n#customer erik@globex.example\n\nFor Carlos."
    )
    back = take_in(proven(from_bea(ticket, text)))
    ticket.refresh_from_db()
    assert [result for _found, result in told(back)] == ["noted", *["done"] * 6]
    assert (ticket.owner, ticket.queue, ticket.priority.level) == (world.carlos, world.hardware, 4)
    assert (ticket.tags, ticket.state.name, ticket.customer) == (["printer", "vip"], "pending reminder", world.erik)
    assert ticket.pending_until is not None
    assert back.article.body == "For Carlos."
    assert {event.cause_reference for event in ticket.events.filter(actor=world.bea, cause_kind="mail")} == {
        str(back.pk)
    }


@pytest.mark.parametrize(
    ("line", "result"),
    [
        ("#close", "done"),
        ("#close closed unsuccessful", "done"),
        ("#state nonsense", "not known here"),
        ("#state pending reminder", "not possible now"),
        ("#state new", "not known here"),
        ("#state merged", "not known here"),
        ("#owner me", "done"),
        ("#owner nobody", "done"),
        ("#owner carlos díaz", "done"),
        ("#owner dana@acme.example", "not known here"),
        ("#queue Billing", "done"),
        ("#queue Nowhere", "not known here"),
        ("#priority 5", "done"),
        ("#priority sehr hoch", "not known here"),
        ("#customer support@demo.example", "not known here"),
        ("#customer nobody at all", "not known here"),
    ],
)
def test_what_becomes_of_a_command(take_in, world, ticket, line, result):
    back = take_in(proven(from_bea(ticket, f"{line}\ntext")))
    assert told(back)[-1] == (line, result)


def test_names_are_understood_in_the_language_of_the_agent(take_in, world, ticket):
    world.bea.language = "de"
    world.bea.save()
    back = take_in(proven(from_bea(ticket, "#priority sehr hoch\ntext")))
    assert told(back)[-1][1] == "done"


def test_a_command_needs_the_right_that_the_desk_asks_for(take_in, world, ticket):
    revoke(world.support_role, world.support, "write")
    grant(world.carlos, world.support, "note", "priority")
    text = "#close\n#priority 5\n#owner me\n#queue Billing\n#reply\nHello"
    back = take_in(proven(from_bea(ticket, text, sender=CARLOS)))
    ticket.refresh_from_db()
    assert told(back) == [
        ("#reply", "no right"),
        (ticket.number, "noted"),
        ("#close", "no right"),
        ("#priority 5", "done"),
        ("#owner me", "no right"),
        ("#queue Billing", "no right"),
    ]
    assert (ticket.state.name, ticket.owner, ticket.priority.level) == ("open", None, 5)
    assert not back.article.visible_to_customer


def test_a_queue_in_which_he_has_nothing_to_say_is_not_known(take_in, world, ticket):
    back = take_in(proven(from_bea(ticket, "#queue Billing\ntext", sender=CARLOS)))
    assert told(back)[-1] == ("#queue Billing", "not known here")


def test_commands_on_a_request_of_his_own(take_in, world):
    back = take_in(proven(raw_mail("#priority 5\n#tag screen\n\nMy screen is dark.", sender=BEA)))
    ticket = Ticket.objects.get()
    assert (ticket.customer, ticket.priority.level, ticket.tags) == (world.bea, 5, ["screen"])
    assert back.article.body == "My screen is dark."


def test_customers_give_no_commands(take_in, world):
    back = take_in(proven(raw_mail("#close\nThank you.")))
    assert (back.article.ticket.state.name, back.article.body) == ("new", "#close\nThank you.")


# Forwarding.


@pytest.mark.parametrize("client", FORWARDS)
def test_with_a_command_who_wrote_it_at_first_is_the_customer(take_in, world, client):
    back = take_in(proven(raw_mail(f"#forward\n{FORWARDS[client]}", sender=BEA, subject="Fwd: Printer hums")))
    ticket = back.article.ticket
    first, note = ticket.articles.exclude(sender="system").order_by("pk")
    assert (ticket.customer, ticket.title, ticket.queue) == (world.dana, "Printer hums", world.support)
    assert (first.author, first.sender, first.body.strip()) == (world.dana, "customer", "It hums.")
    assert first.sent_from == {"name": "Dana Miller", "address": DANA}
    assert (note.author, note.channel, note.body) == (world.bea, "note", "Please have a look.")
    assert first.marks == [{"code": "forwarded", "by": "Bea Costa"}]
    assert told(back) == [(DANA, "forwarded")]


def test_as_a_rule_of_the_queue_it_takes_no_command(take_in, world):
    forward = proven(raw_mail(FORWARDS["gmail"], sender=BEA, subject="Fwd: Printer hums"))
    assert take_in(forward).article.ticket.customer == world.bea
    save_queue_intake(world.support, unwraps_forwards=True, by=world.alex)
    other = proven(raw_mail(FORWARDS["gmail"] + "\n", sender=BEA, subject="Fwd: Printer hums"))
    assert take_in(other).article.ticket.customer == world.dana
    plain = proven(raw_mail(FORWARDS["gmail"] + "\n\n", sender=BEA, subject="About Dana"))
    assert take_in(plain).article.ticket.customer == world.bea


def test_a_customer_can_be_named(take_in, world):
    back = take_in(proven(raw_mail("#customer new@people.example\nHe called me: no light.", sender=BEA)))
    ticket = back.article.ticket
    assert (ticket.customer.email, back.article.body) == ("new@people.example", "He called me: no light.")


@pytest.mark.parametrize("address", ["support@demo.example", "nobody", ""])
def test_a_customer_who_cannot_be_one_leaves_it_as_the_agents_own(take_in, world, address):
    back = take_in(proven(raw_mail(f"#customer {address}\ntext", sender=BEA)))
    assert back.article.ticket.customer == world.bea


def test_a_message_forwarded_as_a_file(take_in, world):
    outer = mail("#forward\nSee below.", subject="Fwd: Printer hums", sender=BEA)
    outer.add_attachment(mail("It hums.", subject="Printer hums"))
    back = take_in(proven(raw(outer)))
    assert (back.article.ticket.customer, back.article.ticket.title) == (world.dana, "Printer hums")
    assert back.article.attachments.count() == 1


def test_who_is_not_proven_or_may_not_open_there_forwards_nothing(take_in, world):
    forward = raw_mail(f"#forward\n{FORWARDS['gmail']}", sender=BEA, subject="Fwd: x")
    assert take_in(forward).article.ticket.customer == world.bea
    elsewhere = raw_mail(f"#forward\n{FORWARDS['gmail']}\n", sender=CARLOS, subject="Fwd: x")
    assert take_in(proven(elsewhere), "billing@demo.example").article.ticket.customer == world.carlos


def test_the_receipt_of_what_was_forwarded_goes_to_the_customer(take_in, world):
    back = take_in(proven(raw_mail(f"#forward\n{FORWARDS['gmail']}", sender=BEA, subject="Fwd: x")))
    outgoing = Outgoing.objects.get(ticket=back.article.ticket)
    assert [one["address"] for one in outgoing.recipients] == [DANA]


def test_what_an_agent_opens_in_the_desk_is_answered_by_mail(take_in, world):
    opening = Opening(title="Call", queue=world.support, customer=world.dana, channel="email")
    opened = open_ticket(opening, Message(text="Hello"), sender="agent", by=world.bea)
    number = opened.ticket.number
    back = take_in(proven(raw_mail("seen", sender=CARLOS, subject=f"Re: [#{number}] Call")))
    assert (back.article.ticket, back.article.sender) == (opened.ticket, "agent")
