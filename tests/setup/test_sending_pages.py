"""The pages about sending: servers, limits, automatic replies, the outbox."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import ConfigChange
from mail.models import Account, AutomaticText, Consent, MailRules, Outgoing, QueueAnswers, Server, ServerState
from tests.factories import TicketFactory
from tests.mail.conftest import sink  # noqa: F401
from tickets.actions.replying import reply
from tickets.messages import Message

SERVER = {
    "name": "Relay",
    "is_active": "on",
    "host": "127.0.0.1",
    "port": "25",
    "security": "none",
    "username": "us",
    "password": "secret-word",
}


@pytest.fixture
def browser(world, signed_in):
    return signed_in(world.alex)


def text(answer) -> str:
    return answer.content.decode()


def test_a_server_is_saved_sealed_audited_and_never_shown_again(browser, world):
    answer = browser.post("/admin/email/servers/new/", SERVER | {"queues": [world.support.pk]}, follow=True)
    server = Server.objects.get()
    assert (server.password, list(server.queues.all())) == ("secret-word", [world.support])
    assert "secret-word" not in text(answer)
    assert "secret-word" not in str(ConfigChange.objects.get(kind="mail.server").after)
    assert "Support" in text(browser.get("/admin/email/servers/"))
    browser.post(f"/admin/email/servers/{server.pk}/", SERVER | {"password": "", "name": "Other"})
    server.refresh_from_db()
    assert (server.name, server.password) == ("Other", "secret-word")
    browser.post(f"/admin/email/servers/{server.pk}/", SERVER | {"password": "", "username": ""})
    server.refresh_from_db()
    assert server.password == ""


@pytest.mark.parametrize(
    "moved", [{"host": "evil.example"}, {"port": "26"}, {"security": "starttls"}, {"username": "root"}]
)
def test_a_stored_password_goes_to_no_other_server(browser, moved):
    browser.post("/admin/email/servers/new/", SERVER)
    server = Server.objects.get()
    for url in (f"/admin/email/servers/{server.pk}/", f"/admin/email/servers/{server.pk}/test/"):
        answer = browser.post(url, SERVER | {"password": ""} | moved)
        assert answer.status_code == 422
        assert "Please write the password again" in text(answer)
    server.refresh_from_db()
    assert (server.host, server.port, server.security, server.username) == ("127.0.0.1", 25, "none", "us")


def test_a_server_is_signed_in_to_with_the_leave_of_a_mailbox(browser):
    account = Account.objects.create(name="Office", host="imap.example", username="support@demo.example")
    consent = Consent.objects.create(account=account, provider="other", client_id="app")
    page = text(browser.get("/admin/email/servers/new/"))
    assert f'<option value="{consent.pk}">Office</option>' in page
    sent = SERVER | {"consent": consent.pk, "username": "", "password": ""}
    part = text(browser.post("/admin/email/servers/new/test/", sent, headers={"HX-Request": "true"}))
    assert "Save first, then connect the mailbox anew" in part
    answer = browser.post("/admin/email/servers/new/", sent)
    assert answer["Location"] == f"/admin/email/accounts/{account.pk}/consent/"
    server = Server.objects.get()
    assert (server.consent, server.username, server.password) == (consent, "support@demo.example", "")


def test_the_test_button_says_in_plain_words_what_is_wrong_and_saves_nothing(browser, sink):  # noqa: F811
    tried = SERVER | {"port": "1", "username": "", "password": ""}
    answer = browser.post("/admin/email/servers/new/test/", tried, headers={"HX-Request": "true"})
    assert "127.0.0.1 takes no connections on port 1." in text(answer)
    answer = browser.post("/admin/email/servers/new/test/", tried | {"port": sink.port}, headers={"HX-Request": "true"})
    assert "The server answers and takes mail from here." in text(answer)
    assert "knows no sign-in" in text(
        browser.post("/admin/email/servers/new/test/", SERVER | {"port": sink.port}, headers={"HX-Request": "true"})
    )
    assert (Server.objects.count(), sink.sent) == (0, [])


def test_a_server_that_takes_nothing_says_why_in_words(browser):
    server = Server.objects.create(name="Relay", host="relay.example", port=25, security="none")
    ServerState.objects.create(
        key=f"server {server.pk}", failing_since=timezone.now(), last_error="554 5.7.1 Relay access denied"
    )
    words = "Our mail server does not accept messages from us at the moment: it sends on nothing for us."
    for url in ("/admin/email/servers/", f"/admin/email/servers/{server.pk}/", "/admin/health/"):
        page = text(browser.get(url))
        assert words in page
        assert "554 5.7.1 Relay access denied" in page
    assert "First noticed:" in page


def seen_of(answer) -> str:
    return re.search(r'name="seen" value="(\d+)"', text(answer))[1]


def rules(**changed) -> dict:
    figures = {
        "answers_new": "on",
        "answers_per_hour": 2,
        "answers_per_day": 9,
        "storm_minutes": 10,
        "storm_of_sender": 50,
        "storm_of_ticket": 30,
        "storm_never": "",
        "domain_parallel": 5,
        "domain_per_minute": 0,
        "hold_new_recipients": 15,
        "never_send_to": "",
    }
    return figures | changed


def test_of_two_who_save_the_first_limits_the_second_is_told(browser):
    seen = seen_of(browser.get("/admin/email/limits/"))
    assert browser.post("/admin/email/limits/", rules(seen=seen)).status_code == 302
    late = browser.post("/admin/email/limits/", rules(answers_per_hour=1, seen=seen))
    assert (late.status_code, MailRules.objects.get().answers_per_hour) == (409, 2)
    again = rules(answers_per_hour=1, seen=seen_of(late))
    assert browser.post("/admin/email/limits/", again).status_code == 302
    assert MailRules.objects.get().answers_per_hour == 1


def test_the_limits_are_one_row_that_remembers_who_changed_it(browser):
    browser.post("/admin/email/limits/", rules(never_send_to="acme.example\n  x@y.example "))
    browser.post("/admin/email/limits/", rules(answers_per_hour=3))
    row = MailRules.objects.get()
    assert (row.answers_per_hour, row.answers_rejected, row.never_send_to) == (3, False, "")
    assert ConfigChange.objects.filter(kind="mail.mailrules").count() == 2


@pytest.mark.parametrize(
    "wrong", [{"answers_per_hour": 0}, {"storm_minutes": 0}, {"never_send_to": "two words"}, {"domain_parallel": 1000}]
)
def test_figures_that_make_no_sense_are_refused(browser, wrong):
    assert browser.post("/admin/email/limits/", rules(**wrong)).status_code == 422
    assert not MailRules.objects.exists()


def test_a_text_is_tried_on_a_real_ticket_and_refused_when_it_cannot_be_read(browser, world):
    ticket = TicketFactory(queue=world.support, customer=world.dana)
    written = {"event": "new", "language": "de", "subject": "Danke {{ number }}", "body": "Guten Tag, {{ link }}"}
    tried = browser.post("/admin/automatic/new/", written | {"preview": "on", "preview_ticket": ticket.number})
    assert f"Danke #{ticket.number}" in text(tried)
    assert f"requests/{ticket.number}/" in text(tried)
    assert not AutomaticText.objects.exists()
    broken = browser.post("/admin/automatic/new/", written | {"body": "{% if %}", "is_active": "on"})
    assert broken.status_code == 422
    assert browser.post("/admin/automatic/new/", written | {"is_active": "on"}).status_code == 302
    assert "New ticket, Deutsch" in text(browser.get("/admin/automatic/"))
    same = browser.post("/admin/automatic/new/", written | {"is_active": "on"})
    assert "There is already a text for this event, queue and language." in text(same)


def queue_form(world, **more) -> dict:
    page = {"name": "Support", "follow_up": "reopen", "is_active": "on", "address-rows": "0"}
    return page | {"answers-seen": "0"} | {f"answers-{event}": "" for event in QueueAnswers.EVENTS} | more


def test_a_queue_says_which_events_it_answers(browser, world):
    page = text(browser.get(f"/admin/queues/{world.hardware.pk}/"))
    assert "Yes, as everywhere" in page
    path = f"/admin/queues/{world.support.pk}/"
    assert browser.post(path, queue_form(world, **{"answers-new": "off"})).status_code == 302
    assert QueueAnswers.objects.get().new is False
    assert "No, from Support" in text(browser.get(f"/admin/queues/{world.hardware.pk}/"))
    # the audit has a newer line than this form has seen
    assert browser.post(path, queue_form(world, **{"answers-new": "on"})).status_code == 409
    assert QueueAnswers.objects.get().new is False


def test_the_outbox_is_narrowed_by_state_recipient_domain_and_days(browser, world, queries):
    for customer in (world.dana, world.erik):
        ticket = TicketFactory(queue=world.support, customer=customer)
        reply(ticket, Message(text="Hello", subject=f"For {customer.name}"), by=world.bea)
    Outgoing.objects.filter(subject__contains="Erik").update(state="failed")

    def found(query: str) -> tuple[bool, bool]:
        page = text(browser.get(f"/admin/email/outgoing/?{query}"))
        return "dana@acme.example" in page, "erik@globex.example" in page

    assert found("") == (True, True)
    assert found("state=failed") == (False, True)
    assert found("state=held") == (False, False)
    assert found("recipient=acme.example") == (True, False)
    assert found("recipient=@Globex.example") == (False, True)
    assert found("recipient=dana@acme.example") == (True, False)
    assert found("recipient=eve@acme.example") == (False, False)
    assert found("since=2030-01-01") == (False, False)
    assert found("until=2020-01-01") == (False, False)
    assert found("since=nonsense&state=nonsense") == (True, True)
    with queries() as few:
        browser.get("/admin/email/outgoing/")
    for _number in range(5):
        reply(TicketFactory(queue=world.support, customer=world.dana), Message(text="x"), by=world.bea)
    with queries() as many:
        browser.get("/admin/email/outgoing/")
    assert len(many) == len(few)


def test_a_held_message_is_released_from_the_outbox(browser, world):
    ticket = TicketFactory(queue=world.support, customer=world.dana)
    to = [{"name": "", "address": "dana@gmial.com"}]
    held = reply(ticket, Message(text="Hello", to=to), by=world.bea).outgoing
    page = text(browser.get(f"/admin/email/outgoing/{held.pk}/"))
    assert "dana@gmial.com looks mistyped. Was dana@gmail.com meant?" in page
    browser.post(f"/admin/email/outgoing/{held.pk}/anyway/")
    held.refresh_from_db()
    assert held.state == "queued"
    assert ConfigChange.objects.filter(kind="mail.outgoing").count() == 1


def held(world, address="dana@gmial.com") -> Outgoing:
    ticket = TicketFactory(queue=world.support, customer=world.dana)
    return reply(ticket, Message(text="Hello", to=[{"name": "", "address": address}]), by=world.bea).outgoing


def state_of(row) -> str:
    return Outgoing.objects.get(pk=row.pk).state


def test_a_held_message_is_taken_back_from_the_outbox(browser, world):
    row = held(world)
    address = f"/admin/email/outgoing/{row.pk}/withdraw/"
    assert address in text(browser.get(f"/admin/email/outgoing/{row.pk}/"))
    page = text(browser.post(address, follow=True))
    assert "The message was taken back. It does not leave." in page
    assert address not in page
    assert state_of(row) == "withdrawn"
    assert ConfigChange.objects.get(kind="mail.outgoing").after == {"state": "withdrawn"}
    assert "It is too late to take the message back" in text(browser.post(address, follow=True))


def test_many_are_taken_back_at_once_and_what_was_not_is_named(browser, world):
    rows = [held(world) for _n in range(3)]
    browser.post(f"/admin/email/outgoing/{rows[1].pk}/anyway/")
    Outgoing.objects.filter(pk=rows[1].pk).update(state="sent", due_at=None)
    chosen = {"do": "withdraw", "query": "state=held", "pk": [row.pk for row in rows[:2]]}
    answer = browser.post("/admin/email/outgoing/selected/", chosen, follow=True)
    assert answer.redirect_chain == [("/admin/email/outgoing/?state=held", 302)]
    assert "Done with 1 message." in text(answer)
    assert f"has left, is leaving or was settled: {rows[1].pk}" in text(answer)
    assert [state_of(row) for row in rows] == ["withdrawn", "sent", "held"]


def test_all_of_a_list_are_sent_again_whatever_page_they_are_on(browser, world):
    kept = [held(world, "dana@acme.example") for _n in range(2)]
    other = held(world, "erik@globex.example")
    Outgoing.objects.filter(pk__in=[row.pk for row in (*kept, other)]).update(state="kept", due_at=None)
    page = text(browser.get("/admin/email/outgoing/?state=kept"))
    assert page.count('name="pk"') == 3
    everything = {"do": "again", "all": "1", "query": "state=kept&recipient=acme.example"}
    browser.post("/admin/email/outgoing/selected/", everything)
    assert [state_of(row) for row in (*kept, other)] == ["queued", "queued", "kept"]


@pytest.mark.parametrize("sent", [{"do": "again", "all": "1"}, {"do": "shred", "pk": "1"}, {"pk": "1"}])
def test_no_list_of_everything_and_nothing_unknown(browser, world, sent):
    row = held(world)
    assert browser.post("/admin/email/outgoing/selected/", sent).status_code == 400
    assert state_of(row) == "held"


def test_what_cannot_be_done_with_a_list_is_not_offered(browser, world):
    held(world)
    assert 'name="do" value="again"' not in text(browser.get("/admin/email/outgoing/?state=held"))
    assert 'name="pk"' not in text(browser.get("/admin/email/outgoing/?state=withdrawn"))
    assert 'name="pk"' not in text(browser.get("/admin/email/outgoing/"))


def test_the_last_try_is_told_in_plain_words_with_the_number_of_tries(browser, world):
    row = held(world, "dana@acme.example")
    due = timezone.now() + timedelta(minutes=20)
    error = "TryLater: 450 4.2.0 Greylisted, come back"
    Outgoing.objects.filter(pk=row.pk).update(attempts=3, last_error=error, due_at=due)
    for path in ("?state=queued", f"{row.pk}/"):
        page = text(browser.get(f"/admin/email/outgoing/{path}"))
        assert "Tried 3 times. Next try: " in page
        assert "wants the message to be sent once more a little later" in page
        assert "TryLater" not in page
    assert "450 4.2.0 Greylisted, come back" in page


def test_health_tells_how_sending_goes(browser, world):
    reply(TicketFactory(queue=world.support, customer=world.dana), Message(text="x"), by=world.bea)
    page = text(browser.get("/admin/health/"))
    assert "Messages that wait to be sent" in page
