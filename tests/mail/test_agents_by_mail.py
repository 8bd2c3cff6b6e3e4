"""Agents who answer notices, give commands and forward by mail: only when proven, only with the right."""

from uuid import uuid4

import pytest

from core.secrets import derived_key
from mail.filters import save_queue_intake
from mail.marks import make_message_id
from mail.models import Outgoing
from mail.rereading import put_right
from tests.mail.mails import PNG, mail, raw, raw_mail
from tests.mail.proofs import proven, trust_the_receiver
from tests.mail.stories import DANA, ERIK, answered, our_message_id
from tests.mail.test_commands import FORWARDS
from tickets.actions.merging import merge
from tickets.actions.opening import Opening, open_ticket
from tickets.actions.replying import add_note, receive, reply
from tickets.messages import Message
from tickets.models import Ticket
from tickets.rights import grant, revoke
from web.common.bodies import body_of
from web.desk.warnings import warnings_of

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


NOTICE = "The customer writes: Printer\n\nINTERNAL: do not tell the customer\n\nhttp://localhost/desk/tickets/1/\n"
QUOTED = "".join(f"> {line}\n" for line in NOTICE.splitlines())
INTRO = "On 17 Nov 2026 at 09:12, Helpdesk <support@demo.example> wrote:\n"
OUTLOOK = "From: Helpdesk <support@demo.example>\nSent: Tuesday, 17 November 2026 09:12\nTo: Bea\nSubject: [#1] x\n\n"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (f"{INTRO}{QUOTED}\nPlease try again.", "mixed"),
        (f"{INTRO}> The customer writes: Printer\nPlease try again.\n> INTERNAL: do not tell", "mixed"),
        (f"{QUOTED}", "mixed"),
        (f"{INTRO}{QUOTED}", "mixed"),
        ("", "nothing"),
        ("\n-- \nBea\n", "nothing"),
        ("Sent from my iPhone\n", "nothing"),
        (f"-----Original Message-----\n{OUTLOOK}{NOTICE}", "mixed"),
        (f"Please try again.\n\n____\n{NOTICE}", "mixed"),
        (f"Please try again.\n\n{NOTICE}", "internal"),
        (f"See my answers below in red.\n\n{OUTLOOK}{NOTICE}", "mixed"),
        (f"Please try again.\n\nVon: Helpdesk\nDatum: heute\n\n{NOTICE}", "mixed"),
        ("Please try again.\n\nBC> The customer writes: Printer", "mixed"),
        ("Please try again.\n\nBegin forwarded message:\n\nThe customer writes: Printer", "mixed"),
        ("Try it.\n\nhttps://safe.example/?url=https%3A%2F%2Fhelp%2Fdesk%2Ftickets%2F1%2F", "internal"),
    ],
)
def test_t38_where_a_quote_is_not_clearly_apart_nothing_goes_to_the_customer(take_in, world, ticket, text, why):
    sent = Outgoing.objects.count()
    back = take_in(proven(from_bea(ticket, f"#reply\n{text}")))
    article = back.article
    assert (article.channel, article.visible_to_customer, Outgoing.objects.count()) == ("note", False, sent)
    assert {"code": "not_sent", "why": why} in article.marks
    assert {"step": "reply", "found": ticket.number, "result": why} in back.trace
    (warning,) = warnings_of(article, body_of(article), known=())
    assert "was not sent" in warning.text


@pytest.mark.parametrize(
    "quoted",
    [
        f"{INTRO}{QUOTED}",
        f"{OUTLOOK}{NOTICE}",
        f"________________________________\n{OUTLOOK}{NOTICE}",
        f"-- \nBea\n\n{INTRO}{QUOTED}",
        f"Dňa 17. 11. 2026 o 09:12 Helpdesk <support@demo.example> napísal:\n{QUOTED}",
        "Sent from my iPhone\n",
    ],
)
def test_what_stands_clearly_above_it_is_sent(take_in, world, ticket, quoted):
    back = take_in(proven(from_bea(ticket, f"#reply\nHello Dana,\n\nplease try again.\n\n{quoted}")))
    assert (back.article.visible_to_customer, back.article.body) == (True, "Hello Dana,\n\nplease try again.")


def test_t38_what_repeats_a_note_of_a_colleague_is_not_sent(take_in, world, ticket):
    add_note(ticket, Message(text="Hello.\nThey have not paid since August, be careful."), by=world.carlos)
    text = "#reply\nPlease try again.\n\nThey have not paid since\nAugust, be careful."
    back = take_in(proven(from_bea(ticket, text)))
    assert (back.article.channel, back.article.marks[-1]) == ("note", {"code": "not_sent", "why": "internal"})
    again = take_in(proven(from_bea(ticket, "#reply\nPlease try again.")))
    assert again.article.visible_to_customer


def test_t38_pictures_and_messages_of_what_he_answers_are_not_sent(take_in, world, ticket):
    shown = mail("#reply\nSee the plan.", sender=BEA, in_reply_to=our_message_id(ticket), subject="Re: notice")
    shown.add_alternative('<p>#reply</p><p>See the plan.</p><img src="cid:logo@demo">', subtype="html")
    shown.get_payload()[1].add_related(PNG, "image", "png", cid="<logo@demo>", filename="logo.png")
    shown.add_attachment(b"%PDF-1.4", maintype="application", subtype="pdf", filename="plan.pdf")
    article = take_in(proven(raw(shown))).article
    assert (article.visible_to_customer, [file.name for file in article.attachments.all()]) == (True, ["plan.pdf"])
    assert {"code": "left_out", "files": 1} in article.marks
    whole = mail("#reply\nSee the notice.", sender=BEA, in_reply_to=our_message_id(ticket), subject="Re: notice")
    whole.add_attachment(mail("INTERNAL", subject="Notice"))
    article = take_in(proven(raw(whole))).article
    assert (article.channel, article.marks[-1]) == ("note", {"code": "not_sent", "why": "message"})


def notice_id(ticket: Ticket) -> str:
    return make_message_id(derived_key("message ids"), uuid4(), "demo.example", ticket.number)


def test_t38_an_agent_in_copy_who_answers_a_notice_unproven_shows_it_to_nobody_outside(take_in, world, ticket):
    to = [{"name": "", "address": "bea@demo.example"}, {"name": "", "address": DANA}]
    reply(ticket, Message(text="For both.", to=to), by=world.carlos)
    text = f"I look at it.\n\n{INTRO}{QUOTED}"
    back = take_in(raw_mail(text, sender=BEA, in_reply_to=notice_id(ticket), subject="Re: notice"))
    article = back.article
    assert (article.ticket, article.sender, article.visible_to_customer) == (ticket, "customer", False)
    assert {"code": "may_disclose"} in article.marks
    (warning,) = warnings_of(article, body_of(article), known=())
    assert "may quote what only agents may read" in warning.text
    by_tag = take_in(raw_mail("I look at it.", sender=BEA, subject=f"Re: [#{ticket.number}]"))
    assert not by_tag.article.visible_to_customer
    to_all = take_in(raw_mail("I look at it.", sender=BEA, in_reply_to=our_message_id(ticket), subject="Re: x"))
    assert to_all.article.visible_to_customer


def test_t38_what_an_agent_writes_above_an_attached_message_is_no_word_of_the_customer(take_in, world):
    outer = mail("#forward\nHe is slow to pay.", subject="Fwd: Printer hums", sender=BEA)
    outer.add_attachment(mail("It hums.", subject="Printer hums"))
    ticket = take_in(proven(raw(outer))).article.ticket
    assert not ticket.articles.filter(visible_to_customer=True, body__contains="slow to pay").exists()
    assert ticket.articles.filter(channel="note", body__contains="slow to pay").exists()


def test_t38_what_was_left_out_does_not_come_back_by_reading_the_mail_again(take_in, world, ticket, signed_in):
    answer = take_in(proven(from_bea(ticket, f"#reply\nPlease try again.\n\n{INTRO}{QUOTED}")))
    passed_on = take_in(proven(raw_mail(f"#forward\n{FORWARDS['gmail']}", sender=BEA, subject="Fwd: x")))
    for back in (answer, passed_on):
        body = back.article.body
        assert not put_right(back, by=world.alex)
        assert signed_in(world.alex).post(f"/admin/email/incoming/{back.pk}/put-right/").status_code == 404
        back.article.refresh_from_db()
        assert back.article.body == body


def test_t38_a_quote_under_a_named_customer_is_not_shown_to_him(take_in, world):
    back = take_in(proven(raw_mail(f"#customer new@people.example\nSee:\n\n{INTRO}{QUOTED}", sender=BEA)))
    assert (back.article.ticket.customer.email, back.article.visible_to_customer) == ("new@people.example", False)


def test_the_answer_goes_to_whom_the_desk_would_send_it(take_in, world):
    asked = raw_mail(reply_to="Desk <desk@acme.example>", cc="erik@globex.example")
    ticket = take_in(asked).article.ticket
    reply(ticket, Message(text="Hello"), by=world.carlos)
    receive(ticket, take_in_message(reply_to="desk@acme.example", cc=ERIK), channel="email", by=world.dana)
    article = take_in(proven(from_bea(ticket, "#reply\nPlease try again."))).article
    assert [one["address"] for one in article.to] == ["desk@acme.example"]
    assert [one["address"] for one in article.cc] == [ERIK]
    forged = take_in_message(reply_to="eve@stranger.example", cc=ERIK, marks=[{"code": "unverified"}])
    receive(ticket, forged, channel="email", by=world.dana)
    article = take_in(proven(from_bea(ticket, "#reply\nPlease try again, too."))).article
    assert (article.visible_to_customer, [one["address"] for one in article.to], article.cc) == (True, [DANA], [])


def take_in_message(*, reply_to: str, cc: str, marks=()) -> Message:
    people = {"reply_to": [{"name": "", "address": reply_to}], "cc": [{"name": "", "address": cc}]}
    return Message(text="Still dark", sent_from={"name": "", "address": DANA}, marks=marks, **people)


def test_what_is_refused_is_told_at_the_message(take_in, world, ticket):
    back = take_in(proven(from_bea(ticket, "#queue Nowhere\n#priority 5\n#state pending reminder\nFor Carlos.")))
    (mark,) = [mark for mark in back.article.marks if mark["code"] == "commands_refused"]
    assert mark["commands"] == [
        {"command": "#queue Nowhere", "why": "not known here"},
        {"command": "#state pending reminder", "why": "not possible now"},
    ]
    (warning,) = warnings_of(back.article, body_of(back.article), known=())
    assert "#queue Nowhere (not known here), #state pending reminder (not possible now)" in warning.text
    own = take_in(proven(raw_mail("#queue Nowhere\nMy screen is dark.", sender=BEA)))
    assert own.article.marks[-1]["code"] == "commands_refused"
    passed_on = take_in(proven(raw_mail(f"#forward\n#queue Nowhere\n{FORWARDS['gmail']}", sender=BEA)))
    assert passed_on.article.marks[-1]["code"] == "commands_refused"


def test_a_mail_of_commands_alone_is_no_empty_note(take_in, world, ticket):
    assert take_in(proven(from_bea(ticket, "#close\n"))).article.body == "#close"


def test_mail_to_a_merged_ticket_acts_on_the_one_that_goes_on(take_in, world, ticket):
    other = open_ticket(
        Opening(title="Same", queue=world.support, customer=world.erik, channel="email"),
        Message(text="Hello"),
        by=world.erik,
    ).ticket
    answered_id = our_message_id(ticket)
    merge(ticket, other, by=world.bea)
    text = "#close\n#reply\nDone."
    back = take_in(proven(raw_mail(text, sender=BEA, in_reply_to=answered_id, subject="Re: x")))
    for each in (ticket, other):
        each.refresh_from_db()
    assert (back.article.ticket, back.article.to[0]["address"]) == (other, ERIK)
    assert (ticket.state.name, other.state.name) == ("merged", "closed successful")
    hidden = open_ticket(
        Opening(title="Bill", queue=world.billing, customer=world.erik, channel="email"),
        Message(text="Hello"),
        by=world.erik,
    ).ticket
    merge(other, hidden, by=world.bea)
    back = take_in(proven(raw_mail("seen", sender=CARLOS, in_reply_to=answered_id, subject="Re: x")))
    assert (back.state, back.reason_code) == ("quarantined", "not_allowed")


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
