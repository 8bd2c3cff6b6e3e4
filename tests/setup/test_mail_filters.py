"""The pages of mail filters, known senders, trust and the tester."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import ConfigChange
from mail.models import Account, Address, Filter, Incoming, KnownSender, QueueIntake, Trust
from tests.mail.mails import raw_mail
from tickets.models import FieldDefinition, Ticket
from web.setup.identity_steps import IDENTITY

pytestmark = pytest.mark.django_db
CONDITION = {"c-rows": "2", "c0-part": "subject", "c0-test": "contains", "c0-value": "order", "c1-value": ""}


@pytest.fixture
def page(world, signed_in):
    return signed_in(world.alex)


def filter_named(name: str, **fields) -> Filter:
    conditions = [{"part": "subject", "header": "", "test": "contains", "value": "x"}]
    return Filter.objects.create(name=name, **{"conditions": conditions, **fields})


def test_a_filter_is_made_with_all_it_has_and_noted(page, world):
    FieldDefinition.objects.create(key="order", label="Order", kind="text")
    data = {
        "name": "Orders",
        "is_active": "on",
        "action": "",
        "queue": world.billing.pk,
        "priority": "",
        "type": "",
        "tags": "order, {1}",
        "joins_by": "order",
        "c-rows": "3",
        "c0-part": "subject",
        "c0-test": "matches",
        "c0-value": r"order (\d+)",
        "c1-part": "header",
        "c1-header": "X-Shop",
        "c1-test": "is",
        "c1-value": "yes",
        "f-rows": "1",
        "f0-key": "order",
        "f0-value": "{1}",
    }
    answer = page.post("/admin/email/filters/new/", data)
    assert (answer.status_code, answer["Location"]) == (302, "/admin/email/filters/")
    one = Filter.objects.get()
    assert one.conditions == [
        {"part": "subject", "header": "", "test": "matches", "value": r"order (\d+)"},
        {"part": "header", "header": "X-Shop", "test": "is", "value": "yes"},
    ]
    assert (one.queue, one.tags, one.fields, one.joins_by) == (
        world.billing,
        ["order", "{1}"],
        {"order": "{1}"},
        "order",
    )
    assert ConfigChange.objects.filter(kind="mail.filter").get().actor == world.alex
    listed = page.get("/admin/email/filters/").content.decode()
    assert "matches the expression" in listed
    assert "Billing" in listed
    change = ConfigChange.objects.get(kind="mail.filter")
    assert "X-Shop is exactly" in page.get(f"/admin/audit/{change.pk}/").content.decode()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"c0-value": ""}, "at least one condition"),
        ({"c0-test": "matches", "c0-value": "("}, "cannot be read"),
        ({"c0-test": "at_least", "c0-value": "many"}, "Enter a number."),
        ({"c0-part": "header"}, "name of a header"),
        ({"name": ""}, "This field is required."),
        ({"f-rows": "1", "f0-value": "x"}, "Choose a field."),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_saved(page, change, says):
    answer = page.post("/admin/email/filters/new/", {"name": "Orders", **CONDITION, **change})
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert not Filter.objects.exists()


def test_one_more_row_keeps_what_was_typed_and_saves_nothing(page):
    data = {"name": "Orders", "c-rows": "1", "c0-part": "body", "c0-value": "typed", "f-rows": "0"}
    body = page.post("/admin/email/filters/new/", {**data, "more": "condition"}).content.decode()
    assert 'name="c1-value"' in body
    assert 'value="typed"' in body
    assert 'name="f0-value"' not in body
    assert not Filter.objects.exists()


def test_the_order_is_changed_and_a_filter_taken_away(page):
    first, second = filter_named("First", position=1), filter_named("Second", position=2)
    page.post(f"/admin/email/filters/{second.pk}/move/", {"to": "up"})
    assert list(Filter.objects.values_list("name", flat=True)) == ["Second", "First"]
    page.post(f"/admin/email/filters/{first.pk}/remove/")
    assert [one.name for one in Filter.objects.all()] == ["Second"]
    assert ConfigChange.objects.filter(kind="mail.filter", action="removed").count() == 1


def test_a_filter_that_somebody_else_has_changed_is_not_overwritten(page, world):
    one = filter_named("First")
    page.post(f"/admin/email/filters/{one.pk}/", {"name": "Theirs", **CONDITION, "seen": "0"})
    answer = page.post(f"/admin/email/filters/{one.pk}/", {"name": "Mine", **CONDITION, "seen": "0"})
    assert answer.status_code == 409
    assert Filter.objects.get().name == "Theirs"


def test_the_filter_for_spam_is_filled_in(page):
    body = page.get("/admin/email/filters/new/?spam=1").content.decode()
    assert "X-Spam-Score" in body


def test_queries_of_the_list_do_not_grow(page, world, queries):
    filter_named("One", queue=world.billing)
    page.get("/admin/email/filters/")  # names of fields are remembered for a minute
    with queries() as few:
        page.get("/admin/email/filters/")
    for number in range(5):
        filter_named(f"More {number}", queue=world.billing)
    with queries() as many:
        page.get("/admin/email/filters/")
    assert len(many) == len(few)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Eve@Evil.example", "eve@evil.example"),
        ("@Evil.example", "@evil.example"),
        ("evil.example", "@evil.example"),
        ("münchen.example", "@xn--mnchen-3ya.example"),
    ],
)
def test_a_sender_is_kept_in_normal_form(page, typed, kept):
    answer = page.post("/admin/email/senders/new/", {"pattern": typed, "verdict": "denied", "note": "spam"})
    assert answer.status_code == 302
    assert KnownSender.objects.get().pattern == kept
    assert kept in page.get("/admin/email/senders/").content.decode()


@pytest.mark.parametrize("typed", ["", "evil", "@", "a b@c.example", "@-.example", "x" * 400])
def test_what_is_no_address_is_refused(page, typed):
    answer = page.post("/admin/email/senders/new/", {"pattern": typed, "verdict": "denied"})
    assert answer.status_code == 422
    assert not KnownSender.objects.exists()


def test_a_sender_is_there_once_changed_and_taken_off(page):
    page.post("/admin/email/senders/new/", {"pattern": "eve@evil.example", "verdict": "denied"})
    again = page.post("/admin/email/senders/new/", {"pattern": "EVE@evil.example", "verdict": "junk"})
    assert (again.status_code, KnownSender.objects.count()) == (422, 1)
    row = KnownSender.objects.get()
    page.post(f"/admin/email/senders/{row.pk}/", {"pattern": row.pattern, "verdict": "wanted"})
    row.refresh_from_db()
    assert row.verdict == "wanted"
    page.post(f"/admin/email/senders/{row.pk}/remove/")
    assert not KnownSender.objects.exists()


def test_trust_is_set_for_a_door_and_for_a_mailbox(page):
    account = Account.objects.create(name="Provider", host="imap.demo.example", username="u")
    data = {"server": " MX.Demo.example ", "hops": "2", "reads_headers": "on"}
    page.post("/admin/email/proof/receiver/", data)
    page.post(f"/admin/email/proof/mailboxes/{account.pk}/", {"server": "mx.google.com", "hops": "1", "is_below": "on"})
    door, box = Trust.objects.get(door="receiver"), Trust.objects.get(account=account)
    assert (door.server, door.hops, door.reads_headers) == ("mx.demo.example", 2, True)
    assert (box.server, box.is_below, box.reads_headers) == ("mx.google.com", True, False)
    body = page.get("/admin/email/proof/").content.decode()
    assert "mx.demo.example" in body
    assert "Provider" in body
    assert page.get("/admin/email/proof/nowhere/").status_code == 404
    assert ConfigChange.objects.filter(kind="mail.trust").count() == 2


def test_of_two_who_trust_first_the_second_is_told(page):
    url = "/admin/email/proof/receiver/"
    assert 'name="seen" value="0"' in page.get(url).content.decode()
    data = {"server": "mx.demo.example", "hops": "1", "seen": "0"}
    assert page.post(url, data).status_code == 302
    assert page.post(url, data | {"server": "evil.example"}).status_code == 409
    assert Trust.objects.get().server == "mx.demo.example"


def test_microsoft_needs_nothing_but_its_name(page):
    for written in ("microsoft 365", "EUR03FT033.mail.protection.outlook.com"):
        page.post("/admin/email/proof/receiver/", {"server": written, "hops": "1"})
        door = Trust.objects.get(door="receiver")
        assert (door.server, door.hops, door.is_below) == ("Microsoft 365", 5, True)
        Trust.objects.all().delete()
    assert 'value="Microsoft 365"' in page.get("/admin/email/proof/receiver/").content.decode()


def test_whether_a_queue_unwraps_forwards_is_set_on_its_page(page, world):
    url = f"/admin/queues/{world.support.pk}/"
    assert "first line" in page.get(url).content.decode()
    data = {"name": "Support", "is_active": "on", "follow_up": "reopen", "intake-here": "1"}
    page.post(url, {**data, "intake-unwraps_forwards": "on"})
    assert QueueIntake.objects.get().unwraps_forwards
    page.post(url, {key: value for key, value in data.items() if key != "intake-here"})
    assert QueueIntake.objects.get().unwraps_forwards
    page.post(url, data)
    assert not QueueIntake.objects.get().unwraps_forwards


# The tester.


def tried(page, raw: bytes, **fields) -> str:
    file = SimpleUploadedFile("message.eml", raw)
    answer = page.post("/admin/email/try/", {"way": "receiver", "recipient": "", "file": file, **fields})
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_tester_shows_what_would_become_of_a_file_and_keeps_nothing(page, world):
    body = tried(page, raw_mail(sender="Somebody New <new@people.example>"), recipient="billing@demo.example")
    assert "It would become a new ticket." in body
    assert "Somebody New &lt;new@people.example&gt; (not known yet)" in body
    assert "Billing" in body
    assert "We have received your request" in body
    assert "hums and stops" in body
    assert not Incoming.objects.exists()
    assert not Ticket.objects.exists()


def test_the_tester_takes_pasted_text_and_a_mailbox(page, world):
    account = Account.objects.create(name="Box", host="imap.demo.example", username="u", queue=world.billing)
    data = {"way": f"account-{account.pk}", "text": raw_mail().decode()}
    answer = page.post("/admin/email/try/", data, headers={"HX-Request": "true"})
    body = answer.content.decode()
    assert "<html" not in body
    assert "Billing" in body


def test_the_tester_names_filters_servers_and_the_reason_of_silence(page, world):
    filter_named("All x", conditions=[{"part": "subject", "header": "", "test": "contains", "value": "printer"}])
    raw = b"Authentication-Results: mx.demo.example; dmarc=pass\r\n" + raw_mail(auto_submitted="auto-replied")
    body = tried(page, raw)
    assert "The filter All x fits it." in body
    assert "mx.demo.example" in body
    assert "None would be sent. The message was not written by a person" in body


@pytest.mark.parametrize(
    ("head", "is_ticket"),
    [("", False), ("From: dana@acme.example\r\n", True), ("Return-Path: <dana@acme.example>\r\n", True)],
)
def test_the_tester_invents_no_sender(page, world, head, is_ticket):
    text = f"{head}To: support@demo.example\r\nSubject: No sender\r\n\r\nHello\r\n"
    body = page.post("/admin/email/try/", {"text": text, "way": "receiver", "recipient": ""}).content.decode()
    assert ("It names no sender." in body) is not is_ticket
    assert "somebody@example.invalid" not in body
    assert ("names no sender</span>" in body) is ("From:" not in head)
    assert "can be read in two ways" not in body


def test_the_tester_wants_a_message(page):
    answer = page.post("/admin/email/try/", {"way": "receiver"})
    assert answer.status_code == 422
    assert "Choose a file, or paste the source" in answer.content.decode()


@pytest.mark.parametrize("raw", [b"", b"\x00\xff" * 500, b"From: a@b.example\r\n" + b"X: y\r\n" * 9_000])
def test_the_tester_survives_whatever_it_is_given(page, raw):
    file = SimpleUploadedFile("message.eml", raw)
    answer = page.post("/admin/email/try/", {"way": "pipe", "file": file})
    assert answer.status_code in (200, 422)


def test_addresses_are_offered_to_the_tester(page, world):
    assert Address.objects.first().address in page.get("/admin/email/try/").content.decode()


def test_what_a_filter_names_is_told_before_it_is_retired(page, world):
    filter_named("Orders", queue=world.billing)
    answer = page.post(f"/admin/queues/{world.billing.pk}/", {"name": "Billing", "follow_up": "reopen"})
    assert answer.status_code == 422
    assert "The mail filter Orders names it" in answer.content.decode()


def test_every_step_of_the_way_is_a_sentence():
    for (step, result), sentence in IDENTITY.items():
        words = str(sentence) % {"found": "12345"}
        assert words.endswith(".")
        assert "%(" not in words, (step, result)
