"""Automatic replies: for which events, with which words, and never with words of the sender's choice."""

import pytest

from mail.answers import forecast, is_on, save_answers, standing_of, text_for
from mail.models import AutomaticText, AutoReply, MailRules, Outgoing, QueueAnswers
from tests.mail.mails import raw_mail
from tests.mail.stories import DANA, close
from tickets.actions.queues import save_queue
from tickets.models import Article
from tickets.models.queue import FollowUp

HOSTILE = "Win a prize at https://evil.example"


def say(queue, by, **events) -> None:
    save_answers(QueueAnswers(queue=queue, **events), by=by)


def written(event: str, **more) -> AutomaticText:
    return AutomaticText.objects.create(event=event, **{"subject": "S", "body": "B"} | more)


def last() -> Article:
    return Outgoing.objects.latest("pk").article


def test_what_a_queue_leaves_open_comes_from_above_and_at_last_from_the_house(world):
    assert {event: is_on(event, world.hardware) for event in QueueAnswers.EVENTS} == {
        "new": True,
        "follow_up": False,
        "rejected": True,
        "continued": True,
    }
    say(world.support, world.alex, new=False, follow_up=True)
    assert standing_of(world.hardware)["new"] == (False, world.support.pk)
    say(world.hardware, world.alex, new=True)
    assert standing_of(world.hardware)["new"] == (True, world.hardware.pk)
    assert (is_on("follow_up", world.hardware), is_on("follow_up", world.billing)) == (True, False)
    MailRules.objects.create(answers_rejected=False)
    assert not is_on("rejected", world.hardware)


def test_a_queue_that_says_nothing_has_no_row(world):
    say(world.support, world.alex)
    assert not QueueAnswers.objects.exists()


def test_the_nearest_text_counts_and_its_own_language_first(world):
    everywhere = written("new")
    house_german = written("new", language="de")
    support = written("new", queue=world.support)
    assert text_for("new", world.hardware, "de") == support
    german = written("new", queue=world.support, language="de")
    assert text_for("new", world.hardware, "de") == german
    assert text_for("new", world.hardware, "es") == support
    assert text_for("new", world.billing, "de") == house_german
    assert text_for("new", world.billing, "pt") == everywhere
    assert text_for("rejected", world.billing, "pt") is None
    AutomaticText.objects.filter(pk=german.pk).update(is_active=False)
    assert text_for("new", world.hardware, "de") == support


def test_a_customer_gets_the_text_in_his_language(take_in, world):
    world.dana.language = "de"
    world.dana.save(update_fields=["language"])
    written("new", language="de", subject="Danke {{ number }}", body="Anfrage {{ number }}: {{ link }}{{ nothing }}")
    ticket = take_in(raw_mail()).article.ticket
    assert last().subject == f"Danke #{ticket.number}"
    assert last().body.strip() == f"Anfrage #{ticket.number}: http://127.0.0.1:8000/portal/requests/{ticket.number}/"


def test_without_a_text_of_the_house_the_stock_one_is_sent_in_the_customers_language(take_in, world):
    world.dana.language = "de"
    world.dana.save(update_fields=["language"])
    written("new", language="es")
    take_in(raw_mail())
    assert last().body.startswith("Guten Tag") or "Anfrage" in last().body


def test_each_event_has_its_answer(take_in, world):
    MailRules.objects.create(answers_per_hour=20, answers_per_day=20, answers_follow_up=True)
    ticket = take_in(raw_mail()).article.ticket
    assert last().subject == "We have received your request"
    take_in(raw_mail("And it smells", subject=f"[#{ticket.number}]"))
    assert last().subject == "We have received your message"
    world.support.follow_up = FollowUp.REJECT
    save_queue(world.support, by=world.alex)
    close(ticket, by=world.bea)
    take_in(raw_mail("Still", subject=f"[#{ticket.number}]"))
    assert last().subject == "Your request is closed"
    world.support.follow_up = FollowUp.NEW
    save_queue(world.support, by=world.alex)
    ticket.articles.filter(sender="system").update(sender="agent")  # else it is a loop by now
    incoming = take_in(raw_mail("And now", subject=f"[#{ticket.number}]"))
    assert incoming.article.ticket != ticket
    assert "your earlier request is closed" in last().body
    assert f"#{incoming.article.ticket.number}" in last().body


def test_an_event_that_is_off_is_not_answered(take_in, world):
    say(world.support, world.alex, new=False)
    take_in(raw_mail())
    assert not Outgoing.objects.exists()
    assert not AutoReply.objects.exists()


def test_t31_no_text_of_the_sender_comes_back(take_in, world):
    body = "{{ number }} {{ ticket.title }} {{ title }} {{ customer.name }} {{ subject }} {{ body }}"
    written("new", subject="S {{ ticket.title }}", body=body)
    take_in(raw_mail(HOSTILE, subject=HOSTILE, sender=f'"{HOSTILE}" <victim@else.example>'))
    for text in (last().subject, last().body, last().html):
        assert "evil" not in text
        assert "prize" not in text


def test_a_text_that_cannot_be_read_any_more_does_not_stop_the_mail(take_in, world):
    written("new", body="{% if %}")
    assert take_in(raw_mail()).state == "ticketed"
    assert last().subject == "We have received your request"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda world: None, ""),
        (lambda world: say(world.support, world.alex, new=False), "off"),
        (lambda world: MailRules.objects.create(never_send_to="acme.example"), "never"),
        (lambda world: AutoReply.objects.create(address=DANA), "hour"),
        (lambda world: MailRules.objects.create(answers_authenticated=True), "unproven"),
    ],
    ids=["yes", "off", "never", "hour", "unproven"],
)
def test_what_would_happen_is_told_and_nothing_changes(take_in, world, change, code):
    article = take_in(raw_mail(auto_submitted="auto-generated")).article
    change(world)
    before = (AutoReply.objects.count(), Outgoing.objects.count())
    verdict = forecast("new", article, is_automatic=False)
    assert (verdict.may, verdict.code, bool(verdict.why)) == (not code, code, bool(code))
    assert (AutoReply.objects.count(), Outgoing.objects.count()) == before
