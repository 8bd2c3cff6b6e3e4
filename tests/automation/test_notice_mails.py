"""Mails of notices: from where, to whom, in which words, once, and only to who may still see the ticket."""

import re
import smtplib
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.people import system_actor
from automation.effects import Context
from automation.models import Endpoint, Notice, NoticeDelivery, NoticeHouse, WebhookDelivery
from automation.notices.bell import forget_old
from automation.notices.effects import NOTICE_EFFECTS
from automation.notices.house import save_house, save_levels, save_text
from automation.notices.occasions import OCCASIONS, Audience
from automation.notices.texts import heading, words_for
from automation.notices.webhooks import call_endpoint
from automation.tasks import send_notice
from core.work import run_leased
from mail.loops import MARK, has_come_back
from mail.parse import parse
from tests import factories
from tests.automation.notices import bell_of, forget, happened, mails_of, make_due, postbox, send_due, tell
from tickets.actions.fields import set_title
from tickets.actions.replying import add_note, receive, reply, take_back
from tickets.actions.routing import assign, move
from tickets.actions.taking_part import watch
from tickets.events import Cause
from tickets.messages import Message
from tickets.models import Event
from tickets.models.ticket import Channel

__all__ = ["postbox"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def ticket(world):
    ticket = factories.TicketFactory(queue=world.support, customer=world.dana, title="Printer hums")
    assign(ticket, world.bea, by=world.alex)
    ticket.refresh_from_db()
    forget()
    return ticket


def said(world, ticket, text="It hums again."):
    return receive(ticket, Message(text=text), channel=Channel.EMAIL, by=world.dana)


def states():
    return sorted(NoticeDelivery.objects.values_list("state", flat=True))


def test_a_mail_as_it_leaves(world, ticket, postbox):
    said(world, ticket)
    tell(ticket)
    send_due()
    assert postbox.mails == []  # others may come
    make_due()
    send_due()
    ((sender, recipients, mail),) = postbox.messages
    assert (sender, recipients) == ("", ["bea@demo.example"])
    assert mail["From"] == "Demo Support <support@demo.example>"
    assert mail["Subject"] == f"[#{ticket.number}] Message from the customer: Printer hums"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["X-Auto-Response-Suppress"] == "All"
    assert mail[MARK] == mail["Message-ID"]
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    text = mail.get_content()
    assert "Dana Miller wrote an email" in text
    assert "It hums again." in text
    assert f"/desk/tickets/{ticket.number}/" in text
    assert "because you own the ticket" in text
    assert states() == ["sent"]


def test_a_notice_that_comes_back_makes_no_ticket(world, ticket, postbox):
    said(world, ticket)
    tell(ticket)
    make_due()
    send_due()
    assert has_come_back(parse(postbox.mails[0].as_bytes()))


def test_many_events_on_one_ticket_leave_as_one_mail(world, ticket, postbox):
    said(world, ticket, "One.")
    add_note(ticket, Message(text="@Bea Costa two", mentions=[world.bea]), by=world.alex)
    said(world, ticket, "Three.")
    tell(ticket)
    make_due()
    send_due()
    (mail,) = postbox.mails
    assert mail["Subject"] == f"[#{ticket.number}] You were mentioned: Printer hums"
    text = mail.get_content()
    assert text.index("One.") < text.index("two") < text.index("Three.")
    assert states() == ["sent"] * 3
    assert not NoticeDelivery.objects.unfinished().exists()


def test_a_stream_of_events_does_not_put_a_mail_off(world, ticket):
    said(world, ticket, "One.")
    tell(ticket)
    first = NoticeDelivery.objects.get()
    NoticeDelivery.objects.update(due_at=timezone.now() + timedelta(seconds=5))
    first.refresh_from_db()
    said(world, ticket, "Two.")
    tell(ticket)
    assert set(NoticeDelivery.objects.values_list("due_at", flat=True)) == {first.due_at}


def test_a_notice_is_in_the_language_of_its_reader(world, ticket, postbox):
    world.bea.language = "de"
    world.bea.save()
    said(world, ticket)
    tell(ticket)
    make_due()
    send_due()
    assert f"/desk/tickets/{ticket.number}/" in postbox.mails[0].get_content()
    save_text(
        "answered",
        "de",
        subject="Neu: {{ ticket.title }}",
        body="Hallo {{ person.first_name }}",
        by=world.alex,
    )
    said(world, ticket)
    tell(ticket)
    make_due()
    send_due()
    assert postbox.mails[1]["Subject"] == f"[#{ticket.number}] Neu: Printer hums"
    assert postbox.mails[1].get_content().strip() == "Hallo Bea"


def test_a_text_for_all_languages_and_one_that_cannot_be_read(world, ticket, postbox):
    save_text("answered", "", subject="For all", body="{{ x.__class__ }}{{ message }}", by=world.alex)
    said(world, ticket)
    tell(ticket)
    make_due()
    send_due()
    assert postbox.mails[0]["Subject"] == f"[#{ticket.number}] For all"
    assert postbox.mails[0].get_content().strip() == "It hums again."  # T58
    save_text("answered", "", subject="{{", body="x", by=world.alex)
    said(world, ticket)
    tell(ticket)
    make_due()
    send_due()
    assert "Message from the customer" in postbox.mails[1]["Subject"]


@pytest.mark.parametrize("what", ["right", "left", "moved"])
def test_t49_the_right_is_looked_at_again_when_it_leaves(world, ticket, postbox, what):
    said(world, ticket, "The secret.")
    tell(ticket)
    if what == "right":
        world.support_role.user_set.remove(world.bea)
    elif what == "left":
        world.bea.is_active = False
        world.bea.save()
    else:
        away = factories.QueueFactory(name="Away")
        move(ticket, away, by=world.alex)
    make_due()
    send_due()
    assert postbox.mails == []
    row = NoticeDelivery.objects.filter(user=world.bea, occasion="answered").get()
    assert (row.state, row.reason, row.due_at) == ("dropped", "right", None)


def test_a_message_that_was_taken_back_is_told_to_nobody(world, ticket, postbox):
    watch(ticket, world.carlos, by=world.carlos)
    save_levels(OCCASIONS["reply"], {"owner": {"bell": "on", "mail": "on", "webhook": "off"}}, by=world.alex)
    later = timezone.now() + timedelta(seconds=30)
    article = reply(
        ticket, Message(text="Oops", to=[{"name": "", "address": world.dana.email}], send_at=later), by=world.alex
    )
    tell(ticket)
    assert ("reply", "owner") in mails_of(world.bea)
    take_back(article, by=world.alex)
    make_due()
    send_due()
    assert all("Oops" not in mail.get_content() for mail in postbox.mails)
    assert NoticeDelivery.objects.get(user=world.bea, occasion="reply").state == "dropped"


def test_never_to_an_address_of_ours(world, ticket, postbox):
    world.bea.email = "support@demo.example"
    world.bea.save()
    said(world, ticket)
    tell(ticket)
    make_due()
    send_due()
    assert postbox.mails == []
    assert states() == ["failed"]


def test_f17_a_server_that_is_away_gets_the_same_message_later(world, ticket, postbox):
    said(world, ticket)
    tell(ticket)
    postbox.answer = smtplib.SMTPServerDisconnected("away")
    make_due()
    send_due()
    row = NoticeDelivery.objects.get()
    assert (row.state, row.attempts) == ("waiting", 1)
    assert row.due_at > timezone.now()
    postbox.answer = None
    said(world, ticket, "Meanwhile.")
    tell(ticket)
    make_due()
    send_due()
    ids = [mail["Message-ID"] for mail in postbox.mails]
    assert any(row.uuid.hex in one for one in ids)
    assert states() == ["sent", "sent"]


def test_f03_a_worker_killed_after_sending_repeats_the_same_message(world, ticket, postbox):
    said(world, ticket, "One.")
    said(world, ticket, "Two.")
    tell(ticket)
    make_due()
    pk = NoticeDelivery.objects.order_by("pk").values_list("pk", flat=True).first()

    def killed(row):
        from automation.notices import leaving

        leaving._gather(row, of_wave=False)
        raise SystemExit  # the process is gone, nothing is noted

    with pytest.raises(SystemExit):
        run_leased(NoticeDelivery, pk, killed, lease=timedelta(seconds=1))
    NoticeDelivery.objects.filter(pk=pk).update(leased_until=timezone.now() - timedelta(seconds=1))
    send_notice(pk)
    (mail,) = postbox.mails
    assert "One." in mail.get_content()
    assert "Two." in mail.get_content()
    assert states() == ["sent", "sent"]


def test_after_the_last_try_all_that_was_to_leave_together_has_failed_until_somebody_tries_again(
    world, ticket, postbox
):
    said(world, ticket, "One.")
    said(world, ticket, "Two.")
    tell(ticket)
    postbox.answer = smtplib.SMTPServerDisconnected("away")
    for _try in range(len(NoticeDelivery.backoff) + 1):
        NoticeDelivery.objects.unfinished().update(due_at=timezone.now())
        send_due()
    assert states() == ["failed", "failed"]
    carrier = NoticeDelivery.objects.get(parked_at__isnull=False)
    postbox.answer = None
    carrier.retry()
    carrier.save_work()
    send_due()
    assert len(postbox.mails) == 1
    assert states() == ["sent", "sent"]


def test_what_a_server_refuses_for_good_is_not_tried_again(world, ticket, postbox):
    said(world, ticket)
    tell(ticket)
    postbox.answer = smtplib.SMTPRecipientsRefused({"bea@demo.example": (550, b"no such user")})
    make_due()
    send_due()
    row = NoticeDelivery.objects.get()
    assert (row.state, row.reason, row.due_at) == ("failed", "550 no such user", None)


def test_without_a_mail_server_nothing_is_sent(world, ticket):
    said(world, ticket)
    tell(ticket)
    make_due()
    send_due()
    assert states() == ["kept"]


def test_customers_read_nothing_that_is_ours(world, ticket, postbox):
    fred = factories.CustomerFactory(email="fred@acme.example", name="Fred")
    fred.memberships.create(organisation=world.acme, sees_all=True)
    save_levels(OCCASIONS["request_said"], {"organisation": {"mail": "on"}}, by=world.alex)
    reply(ticket, Message(text="The answer", to=[{"name": "", "address": world.dana.email}]), by=world.alex)
    add_note(ticket, Message(text="Between us"), by=world.alex)
    tell(ticket)
    make_due()
    send_due()
    (mail,) = [mail for mail in postbox.mails if mail["To"].endswith("<fred@acme.example>")]
    text = mail.get_content()
    assert "/portal/link/" in text
    for hidden in ("Support ›", "Alex", "Between us", "/desk/"):
        assert hidden not in text


# Webhook, effect, age.


def test_a_notice_by_webhook_goes_to_the_chosen_endpoint_once(world, ticket):
    endpoint = Endpoint(name="Chat", url="https://chat.example.com/hook")
    endpoint.sealed_secret = "x"
    endpoint.save()
    save_house(NoticeHouse(endpoint_id=endpoint.pk), by=world.alex)
    save_levels(OCCASIONS["answered"], {"owner": {"bell": "off", "mail": "off", "webhook": "on"}}, by=world.alex)
    said(world, ticket)
    tell(ticket)
    send_due()
    NoticeDelivery.objects.update(due_at=timezone.now(), state="waiting")
    send_due()
    delivery = WebhookDelivery.objects.get()
    assert (delivery.kind, delivery.reason) == ("notice", f"notice {world.bea.pk}")
    assert '"occasion":"answered"' in delivery.body
    assert mails_of(world.bea) == bell_of(world.bea) == []


@pytest.mark.parametrize("key", OCCASIONS)
def test_each_occasion_is_told_by_bell_mail_and_webhook(world, ticket, signed_in, key):
    endpoint = Endpoint(name="Chat", url="https://chat.example.com/hook")
    endpoint.sealed_secret = "x"
    endpoint.save()
    save_house(NoticeHouse(endpoint_id=endpoint.pk), by=world.alex)
    event, occasion, title = ticket.events.last(), OCCASIONS[key], heading(key)
    event.data["text"] = {"was": None, "now": "Look"}
    mail = words_for(world.bea, ticket, [event], occasion=key, relation=occasion.relations[0])
    assert mail.subject == f"{title}: Printer hums"
    if occasion.audience == Audience.CUSTOMERS:
        return
    Notice.objects.create(user=world.bea, ticket=ticket, event=event, occasion=key, relation=occasion.relations[0])
    bea = signed_in(world.bea)
    for url in ("/desk/notices/", "/desk/notices/panel/"):
        assert title in bea.get(url).content.decode()
    row = NoticeDelivery.objects.create(
        user=world.bea, ticket=ticket, event=event, channel="webhook", occasion=key, due_at=timezone.now()
    )
    assert call_endpoint(row)
    assert title in WebhookDelivery.objects.get().body


def notify_by_rule(world, ticket, **values):
    context = Context(by=system_actor("rules"), cause=Cause("rule", "7"))
    return NOTICE_EFFECTS["notify"].run(
        ticket, {"do": "notify", "text": "Look at {{ ticket.title }}", **values}, context
    )


def test_the_effect_tells_people_and_the_history(world, ticket, postbox):
    stranger = factories.AgentFactory()
    event = notify_by_rule(world, ticket, to="owner", person=stranger.pk, by="both")
    assert event.data["people"]["now"] == [{"id": world.bea.pk, "name": "Bea Costa"}]
    assert NOTICE_EFFECTS["notify"].mails(ticket, {"to": "owner", "by": "both"}) == 1
    assert NOTICE_EFFECTS["notify"].mails(ticket, {"to": "owner", "by": "bell"}) == 0
    assert happened(ticket, world.bea) == ([("told", "told")], [("told", "told")])
    assert happened(ticket, stranger) == ([], [])
    make_due()
    send_due()
    assert "Look at Printer hums" in postbox.mails[0].get_content()
    forget()
    role = world.support_role.role
    notify_by_rule(world, ticket, role=role.pk, by="bell")
    assert happened(ticket, world.carlos) == ([("told", "told")], [])


def test_old_notices_go(world, ticket):
    said(world, ticket)
    tell(ticket)
    assert forget_old() == 0
    long_ago = timezone.now() - timedelta(days=100)
    Notice.objects.update(at=long_ago)
    NoticeDelivery.objects.update(created_at=long_ago)
    assert forget_old() == 1  # what has not left yet stays
    NoticeDelivery.objects.update(due_at=None)
    assert forget_old() == 1
    assert Event.objects.filter(ticket=ticket).exists()


def test_the_link_in_the_mail_stops_it(world, ticket, postbox, client):
    said(world, ticket)
    tell(ticket)
    make_due()
    send_due()
    link = re.search(r"<https?://[^/]+(/[^>]+)>", postbox.mails[0]["List-Unsubscribe"].replace("\n", ""))[1]
    asked = client.get(link)
    assert "The customer writes" in asked.content.decode()
    said(world, ticket)
    assert happened(ticket, world.bea)[1] == [("answered", "owner")] * 2  # to open it stops nothing
    assert client.post(link).status_code == 200
    forget()
    said(world, ticket)
    assert happened(ticket, world.bea) == ([("answered", "owner")], [])
    assert client.post(link.replace(link.split("/")[-2], "forged")).status_code == 410
    set_title(ticket, "x", by=world.alex)
