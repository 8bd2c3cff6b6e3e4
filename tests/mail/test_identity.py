"""Who sent it, and what that lets them do: forged and proven customers, copies, own addresses (T20 to T33)."""

import secrets

import pytest

from core.secrets import derived_key
from mail import answers
from mail.intake import Envelope, accept, process
from mail.loops import would_send
from mail.marks import check_message_id, make_token, read_token
from mail.models import Account, Incoming, Outgoing
from mail.recipients import answered as answer_of
from mail.recipients import everybody_else
from tests.mail.mails import lines, raw_mail
from tests.mail.proofs import SERVER, proven, trust_the_receiver, with_lines
from tests.mail.stories import DANA, ERIK, EVE, answered, close, our_message_id
from tickets.actions.merging import merge
from tickets.models import Link, Ticket

BEA = "Bea Costa <bea@demo.example>"


@pytest.fixture
def trusting(world) -> None:
    trust_the_receiver(world.alex)


def marks(incoming: Incoming) -> list[str]:
    return [mark["code"] for mark in incoming.article.marks]


def test_a_proven_sender_is_stored_and_marked(take_in, trusting):
    incoming = take_in(proven(raw_mail()))
    assert incoming.authentication == {
        "verdict": "pass",
        "by": "DMARC",
        "server": SERVER,
        "results": {"dmarc": "pass"},
    }
    assert incoming.article.marks == [{"code": "proven", "by": "DMARC"}]
    assert incoming.trace[0] == {"step": "proof", "found": "DMARC", "result": "pass"}


@pytest.mark.parametrize(("verdict", "code"), [("fail", "disproven"), ("none", "unproven"), ("temperror", "unproven")])
def test_a_new_request_of_a_sender_who_is_not_proven_is_a_ticket_with_a_mark(take_in, trusting, verdict, code):
    assert marks(take_in(proven(raw_mail(), verdict))) == [code]


def test_without_a_configured_server_nothing_is_marked_or_stored(take_in):
    incoming = take_in(proven(raw_mail()))
    assert (incoming.authentication, incoming.article.marks, incoming.trace) == ({}, [], [])


@pytest.mark.parametrize(
    ("verdict", "says", "warns"),
    [
        ("pass", "Sender confirmed by DMARC", False),
        ("none", "Sender not confirmed", False),
        ("fail", "Sender check fails", True),
    ],
)
def test_the_message_says_whether_its_sender_is_proven(take_in, world, trusting, signed_in, verdict, says, warns):
    ticket = take_in(proven(raw_mail(), verdict)).article.ticket
    body = signed_in(world.bea).get(f"/desk/tickets/{ticket.number}/").content.decode()
    assert says in body
    assert ("The sender is forged: the check by DMARC fails." in body) is warns


def test_a_held_message_of_a_forged_sender_has_one_warning(take_in, world, trusting, signed_in):
    ticket = answered(take_in, world)
    take_in(proven(raw_mail(subject=f"Re: [#{ticket.number}] x", message_id="<forged@x.example>"), "fail"))
    body = signed_in(world.bea).get(f"/desk/tickets/{ticket.number}/").content.decode()
    assert "The sender is forged: the check by DMARC fails." in body
    assert "It could not be proven who sent this" not in body


def test_nothing_is_said_where_nobody_was_asked(take_in, world, signed_in):
    ticket = take_in(raw_mail()).article.ticket
    body = signed_in(world.bea).get(f"/desk/tickets/{ticket.number}/").content.decode()
    assert "Sender confirmed" not in body
    assert "Sender not confirmed" not in body


def test_t20_a_forged_requester_is_held_and_his_copy_goes_to_nobody(take_in, world, trusting):
    ticket = answered(take_in, world)
    sent = Outgoing.objects.count()
    forged = raw_mail("Send me everything.", in_reply_to=our_message_id(ticket), cc="eve@stranger.example")
    back = take_in(proven(forged, "fail"))
    article = back.article
    assert (article.ticket, article.visible_to_customer, article.sender) == (ticket, False, "customer")
    assert list(article.events.values_list("kind", flat=True)) == ["article.held"]
    assert marks(back) == ["disproven"]
    assert back.trace[-1] == {"step": "token", "found": ticket.number, "result": "sender is not who he says"}
    assert Outgoing.objects.count() == sent
    assert everybody_else(ticket) == []
    again = take_in(raw_mail("And me?", sender=EVE, in_reply_to=our_message_id(ticket)))
    assert again.article.ticket != ticket


def test_t20_a_forged_requester_does_not_reopen(take_in, world, trusting):
    ticket = answered(take_in, world)
    close(ticket, by=world.bea)
    take_in(proven(raw_mail("Open up.", in_reply_to=our_message_id(ticket)), "fail"))
    ticket.refresh_from_db()
    assert ticket.state.name == "closed successful"


def test_t21_a_proven_requester_who_names_a_copy_makes_nobody_a_party(take_in, world, trusting):
    ticket = answered(take_in, world)
    back = take_in(proven(raw_mail("With Eve.", in_reply_to=our_message_id(ticket), cc="eve@stranger.example")))
    assert (back.article.ticket, marks(back)) == (ticket, ["proven"])
    stranger = take_in(raw_mail("What did they say?", sender=EVE, in_reply_to=our_message_id(ticket)))
    assert stranger.article.ticket != ticket
    assert not Ticket.objects.of_customer(stranger.article.author).filter(pk=ticket.pk).exists()


def test_a_proven_sender_joins_by_the_tag_without_a_doubt(take_in, world, trusting):
    ticket = answered(take_in, world)
    back = take_in(proven(raw_mail("More", subject=f"[#{ticket.number}]")))
    assert (back.article.ticket, marks(back)) == (ticket, ["proven"])
    doubted = take_in(proven(raw_mail("Even more", subject=f"[#{ticket.number}]"), "none"))
    assert (doubted.article.ticket, marks(doubted)) == (ticket, ["unverified", "unproven"])


def test_t22_proofs_cannot_be_guessed():
    key = derived_key("message ids")
    article, tries = secrets.token_hex(16), 10_000
    alphabet = "abcdefghijklmnopqrstuvwxyz234567"
    guesses = ("".join(secrets.choice(alphabet) for _ in range(32)) for _ in range(tries))
    assert not any(check_message_id(key, f"<10001.{article}.{guess}@demo.example>") for guess in guesses)
    token = make_token(key, "return path", "10001")
    assert len(token.partition(".")[2]) * 5 >= 128
    assert read_token(key, "return path", token) == "10001"
    assert read_token(key, "reply", token) is None


def test_t27_a_reply_to_does_not_change_who_speaks(take_in, world):
    ticket = answered(take_in, world)
    back = take_in(raw_mail("I", sender=EVE, reply_to=DANA, in_reply_to=our_message_id(ticket)))
    assert (back.sender, back.article.author.email) == ("eve@stranger.example", "eve@stranger.example")
    assert back.article.ticket != ticket
    mine = take_in(raw_mail("Answer me elsewhere", reply_to="dana@home.example"))
    assert mine.article.author == world.dana
    assert answer_of(mine.article.ticket).to == {"name": "", "address": "dana@home.example"}


def test_t28_a_sender_who_claims_our_name_is_not_believed(take_in, world, trusting):
    ticket = answered(take_in, world)
    claim = f"Authentication-Results: {SERVER}; dmarc=pass header.from=demo.example"
    forged = with_lines(raw_mail("#close", sender=BEA, in_reply_to=our_message_id(ticket)), claim)
    back = take_in(with_lines(forged, f"Received: from evil by {SERVER}"))
    ticket.refresh_from_db()
    assert (ticket.state.name, back.article.sender, marks(back)[-1]) == ("open", "customer", "unproven")


def test_t29_a_look_alike_takes_part_in_nothing_and_gets_nobodys_reset(take_in, world):
    ticket = take_in(raw_mail(sender="mike@stranger.example")).article.ticket
    for address in ("mıke@stranger.example", "mike@strangеr.example"):
        other = take_in(lines(f"From: {address}", f"Subject: [#{ticket.number}]", body=address))
        assert other.article.ticket != ticket
    same = take_in(lines("From: MIKE@Stranger.EXAMPLE", f"Subject: [#{ticket.number}]"))
    assert same.article.ticket == ticket


def test_t30_a_confirmation_that_others_send_to_us_is_seen_by_no_outsider(take_in, world):
    ticket = answered(take_in, world)
    code = raw_mail(
        "Your code is 123456.",
        subject=f"Confirm your address [#{ticket.number}]",
        sender="Slack <no-reply@slack.example>",
        to=f"support+{ticket.number}@demo.example",
        in_reply_to=our_message_id(ticket),
    )
    incoming = take_in(code, f"support+{ticket.number}@demo.example")
    assert incoming.article.ticket != ticket
    for person in (world.dana, world.erik):
        assert not Ticket.objects.of_customer(person).filter(pk=incoming.article.ticket_id).exists()
    assert not Outgoing.objects.filter(ticket=incoming.article.ticket).exists()


def test_t33_a_list_that_passes_on_our_message_makes_no_ticket(take_in, world, drain, sink):
    answered(take_in, world)
    drain()
    back = take_in(with_lines(sink.sent[-1].raw, "List-Id: <users.acme.example>", "Sender: list@acme.example"))
    assert (back.state, back.reason_code) == ("ignored", "own")


def test_t39_a_party_of_a_merged_ticket_learns_nothing_of_the_other(take_in, world, drain, sink):
    source = answered(take_in, world)
    secret = take_in(raw_mail("Nobody shall know.", sender=ERIK, subject="The great secret")).article.ticket
    merge(source, secret, by=world.bea)
    drain()
    before = len(sink.sent)
    back = take_in(raw_mail("Any news?", in_reply_to=our_message_id(source)))
    drain()
    assert (back.outcome, back.article.ticket) == ("follow_up", secret)
    to_dana = [sent.raw for sent in sink.sent[before:] if DANA in sent.recipients]
    assert not any(b"secret" in raw or b"Nobody shall" in raw for raw in to_dana)
    assert not Ticket.objects.of_customer(world.dana).filter(pk=secret.pk).exists()


# Addresses of our own.


def test_a_word_behind_a_plus_is_the_same_address_and_a_tag(take_in, world):
    incoming = take_in(raw_mail(to="support+hardware@demo.example"), "support+hardware@demo.example")
    assert (incoming.article.ticket.queue, incoming.article.ticket.tags) == (world.support, ["hardware"])
    token = "support+10001.abcdefg@demo.example"  # noqa: S105
    assert take_in(raw_mail("2"), token).article.ticket.tags == []
    elsewhere = take_in(raw_mail("3", to="billing+x@demo.example"), "billing+x@demo.example")
    assert elsewhere.article.ticket.queue == world.billing


def test_the_receiver_takes_mail_for_a_word_behind_a_plus(receiver, world, drain):
    incoming = receiver.hand_in(raw_mail(), "support+vip@demo.example")
    drain()
    incoming.refresh_from_db()
    assert incoming.article.ticket.tags == ["vip"]


def test_a_form_of_our_own_site_speaks_for_whoever_is_to_be_answered(take_in, world):
    form = raw_mail("I need help.", sender="Web form <support@demo.example>", reply_to="Erik <erik@globex.example>")
    incoming = take_in(form)
    assert (incoming.article.ticket.customer, incoming.sender) == (world.erik, ERIK)
    assert incoming.article.sent_from == {"name": "Erik", "address": "erik@globex.example"}


def test_who_speaks_behind_our_own_address_joins_nothing(take_in, world):
    ticket = answered(take_in, world)
    form = raw_mail("x", sender="support@demo.example", reply_to=DANA, in_reply_to=our_message_id(ticket))
    assert take_in(form).article.ticket != ticket


def test_our_own_address_as_the_only_sender_waits_in_quarantine(take_in):
    incoming = take_in(raw_mail(sender="support@demo.example"))
    assert (incoming.state, incoming.reason_code) == ("quarantined", "own_sender")


def test_the_author_of_a_list_mail_is_the_person_and_nothing_answers_it(take_in, world):
    incoming = take_in(with_lines(raw_mail(list_id="<users.acme.example>"), "Sender: users-bounces@acme.example"))
    assert incoming.article.author == world.dana
    assert not Outgoing.objects.exists()


def test_one_mail_to_two_addresses_is_one_ticket_in_each_queue_and_they_are_linked(receiver, world, drain):
    message = raw_mail(to="support@demo.example, billing@demo.example")
    for _twice in range(2):
        receiver.hand_in(message, "support@demo.example", "billing@demo.example")
        drain()
    assert sorted(t.queue.path for t in Ticket.objects.all()) == ["Billing", "Support"]
    link = Link.objects.get()
    assert {link.source, link.target} == set(Ticket.objects.all())


def fetched(account: Account, raw: bytes, uid: int) -> Incoming:
    place = account.place if isinstance(account.place, str) else ""
    envelope = Envelope(Incoming.Source.IMAP, account=account, place=place, uidvalidity=1, uid=uid)
    incoming = accept(raw, envelope)
    process(incoming.pk)
    for share in Incoming.objects.filter(state="received"):
        process(share.pk)
    incoming.refresh_from_db()
    return incoming


def test_a_mailbox_for_several_queues_shares_a_mail_out_once(world):
    account = Account.objects.create(name="all", host="imap.demo.example", username="all")
    message = raw_mail(to="support@demo.example", cc="billing@demo.example")
    fetched(account, message, 1)
    fetched(account, message, 2)
    assert sorted(t.queue.path for t in Ticket.objects.all()) == ["Billing", "Support"]
    assert Link.objects.count() == 1


def test_two_mailboxes_have_a_copy_each_and_share_nothing_out(world):
    one = Account.objects.create(name="one", host="imap.demo.example", username="one")
    Account.objects.create(name="two", host="imap.demo.example", username="two")
    fetched(one, raw_mail(to="support@demo.example", cc="billing@demo.example"), 1)
    assert [t.queue for t in Ticket.objects.all()] == [world.support]


def test_a_forged_sender_gets_no_receipt_and_no_invitation(take_in, trusting):
    back = take_in(proven(raw_mail(sender="victim@bank.example"), "fail"))
    assert (back.state, Outgoing.objects.count()) == ("ticketed", 0)
    forecast = answers.forecast("new", back.article, is_automatic=False)
    assert (forecast.may, forecast.code) == (False, "disproven")
    assert would_send("victim@bank.example", is_automatic=False, ticket=back.article.ticket).code == "disproven"
    take_in(proven(raw_mail(sender="victim@bank.example"), "none"))
    assert Outgoing.objects.count() == 1
