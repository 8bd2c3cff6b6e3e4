"""The pages of webhooks: made, tried, read, replayed; secrets are shown once."""

import pytest
from django.utils import timezone

from accounts.models import ConfigChange
from automation.models import Endpoint, EndpointState, WebhookAttempt, WebhookDelivery
from tests.automation.endpoints import HOUSE, Listener, endpoint, listening
from tests.factories import TicketFactory

pytestmark = pytest.mark.django_db
FORM = {
    "name": "Chat",
    "url": "https://chat.example/hook",
    "is_active": "on",
    "sends_text": "on",
    "content_type": "application/json",
    "give_up_days": "5",
    "hears": "all",
}


@pytest.fixture(autouse=True)
def at_home(settings):
    settings.WEBHOOK_NETWORKS = HOUSE


def message(row: Endpoint, **fields) -> WebhookDelivery:
    return WebhookDelivery.objects.create(
        endpoint=row, **{"kind": "ticket.created", "body": "{}", "due_at": None, **fields}
    )


def test_a_webhook_is_made_with_all_it_has_and_its_secret_is_shown_once(door, world):
    data = {
        **FORM,
        "hears": "some",
        "events": ["opened", "closed"],
        "queues": [world.support.pk],
        "headers": "Authorization: Bearer abc\nX-Team: night",
        "row": ["0.0 leaf"],
        "kind-0": "all",
        "field-0.0": "title",
        "op-0.0": "contains",
        "value-0.0": "printer",
    }
    answer = door.post("/admin/webhooks/new/", data)
    row = Endpoint.objects.get()
    assert answer.status_code == 200
    assert row.secrets[0] in answer.content.decode()
    assert (row.events, list(row.queues.all())) == (["opened", "closed"], [world.support])
    assert row.condition == {"all": [{"field": "title", "contains": "printer"}]}
    assert row.headers == {"Authorization": "Bearer abc", "X-Team": "night"}
    for url in (f"/admin/webhooks/{row.pk}/", "/admin/webhooks/", f"/admin/webhooks/{row.pk}/log/"):
        body = door.get(url).content.decode()
        assert row.secrets[0] not in body
        assert "Bearer abc" not in body
    change = ConfigChange.objects.get(kind="automation.endpoint")
    shown = door.get(f"/admin/audit/{change.pk}/").content.decode()
    assert "A ticket is opened" in shown
    assert "Bearer" not in shown


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"url": "ftp://x"}, "Write a whole address"),
        ({"name": ""}, "This field is required."),
        ({"headers": "Host: evil"}, "is written by Helpdesk itself"),
        ({"headers": "no colon"}, "a name, a colon and a value"),
        ({"headers": "X-A: b\x07"}, "cannot be sent as a header"),
        ({"body": "{% if %}"}, "field needs a change"),
        ({"hears": ""}, "Choose which events it hears of."),
        ({"hears": "some"}, "Choose at least one event."),
        ({"hears": "some", "events": ["no-such"]}, "One of these events is not there any more"),
        ({"give_up_days": "0"}, "field needs a change"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_saved(door, change, says):
    answer = door.post("/admin/webhooks/new/", {**FORM, **change})
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert not Endpoint.objects.exists()


@pytest.mark.parametrize(("hears", "events"), [("all", ["anything"]), ("none", []), ("some", ["opened"])])
@pytest.mark.usefixtures("drawn_with")
def test_which_events_it_hears_of_is_said_and_shown_again(door, hears, events):
    door.post("/admin/webhooks/new/", {**FORM, "hears": hears, "events": ["opened"]})
    row = Endpoint.objects.get()
    assert row.events == events
    page = door.get(f"/admin/webhooks/{row.pk}/")
    assert page.context["form"]["hears"].value() == hears
    told = {"all": "All events", "none": "Only what automations send to it", "some": "A ticket is opened"}
    assert told[hears] in door.get("/admin/webhooks/").content.decode()


def test_stored_headers_go_to_no_other_server(door, world):
    row = endpoint(world, "https://a.example/", headers={"Authorization": "Bearer abc"})
    answer = door.post(f"/admin/webhooks/{row.pk}/", FORM)
    assert answer.status_code == 422
    assert "Please write the headers again" in answer.content.decode()
    row.refresh_from_db()
    assert row.url == "https://a.example/"


def test_headers_stay_unless_they_are_written_anew_or_removed(door, world):
    row = endpoint(world, "https://chat.example/", headers={"X-A": "b"})
    url = f"/admin/webhooks/{row.pk}/"
    door.post(url, FORM)
    row.refresh_from_db()
    assert row.headers == {"X-A": "b"}
    door.post(url, {**FORM, "headers": "-"})
    row.refresh_from_db()
    assert (row.headers, row.url) == ({}, "https://chat.example/hook")


def test_what_somebody_else_has_changed_is_not_overwritten(door, world):
    row = endpoint(world, "https://a.example/")
    url = f"/admin/webhooks/{row.pk}/"
    door.post(url, {**FORM, "name": "Theirs", "seen": "0"})
    assert door.post(url, {**FORM, "name": "Mine", "seen": "0"}).status_code == 409
    row.refresh_from_db()
    assert row.name != "Mine"


def test_events_and_conditions_are_drawn_as_typed_and_nothing_is_saved(door):
    data = {**FORM, "events": ["opened"], "events-edit": "add closed"}
    body = door.post("/admin/webhooks/new/?draw=events", data, headers={"HX-Request": "true"}).content.decode()
    assert "It is closed" in body
    assert "<html" not in body
    body = door.post("/admin/webhooks/new/?draw=rows", {**FORM, "edit": "leaf 0"}).content.decode()
    assert 'name="field-0.0"' in body
    assert "https://chat.example/hook" in body
    assert not Endpoint.objects.exists()


def test_a_test_shows_the_answer_with_and_without_script(door, world):
    with listening(Listener(answers=(200, 500))) as heard:
        row = endpoint(world, heard.url)
        part = door.post(f"/admin/webhooks/{row.pk}/test/", headers={"HX-Request": "true"}).content.decode()
        whole = door.post(f"/admin/webhooks/{row.pk}/test/").content.decode()
    assert "The endpoint has taken the message." in part
    assert "<html" not in part
    assert "The endpoint has refused the message." in whole
    assert not WebhookDelivery.objects.exclude(due_at=None).exists()


def test_t62_the_answer_of_the_inside_is_not_shown(door, world, settings):
    settings.WEBHOOK_NETWORKS = ()
    with listening(Listener(body=b"the secret of the house")) as heard:
        row = endpoint(world, heard.url)
        body = door.post(f"/admin/webhooks/{row.pk}/test/").content.decode()
        assert heard.heard == []
    assert "a network that is not allowed" in body
    assert "secret of the house" not in body
    assert WebhookAttempt.objects.get().trouble == "forbidden"


def test_a_new_secret_is_shown_once(door, world):
    row = endpoint(world, "https://a.example/")
    old = row.secrets[0]
    body = door.post(f"/admin/webhooks/{row.pk}/secret/").content.decode()
    row.refresh_from_db()
    new, before = row.secrets
    assert (before, new in body, old in body) == (old, True, False)
    assert "signs, too, until" in door.get(f"/admin/webhooks/{row.pk}/").content.decode()


def test_the_log_tells_what_became_of_messages_and_sends_again(door, world):
    row = endpoint(world, "https://a.example/")
    seen, hidden = TicketFactory(queue=world.support), TicketFactory(queue=world.billing)
    failed = message(
        row, ticket=seen, state="failed", parked_at=timezone.now(), last_error="status 500", body='{"a": 1}'
    )
    secret = message(row, ticket=hidden, state="delivered", body='{"hidden": true}')
    WebhookAttempt.objects.create(delivery=failed, status=500, ms=12, answer="oh dear", trouble="status")
    log = door.get(f"/admin/webhooks/{row.pk}/log/").content.decode()
    assert "The endpoint has refused the message. (answer: 500)" in log
    assert seen.number in log
    assert hidden.number not in log
    assert hidden.number not in door.get(f"/admin/webhooks/{row.pk}/log/?state=delivered").content.decode()
    one = door.get(f"/admin/webhooks/messages/{failed.pk}/").content.decode()
    assert "oh dear" in one
    assert "{&quot;a&quot;: 1}" in one
    assert "hidden&quot;" not in door.get(f"/admin/webhooks/messages/{secret.pk}/").content.decode()
    door.post(f"/admin/webhooks/messages/{failed.pk}/again/")
    failed.refresh_from_db()
    assert (failed.state, failed.attempts) == ("waiting", 0)
    WebhookDelivery.objects.filter(pk=failed.pk).update(state="failed", due_at=None)
    door.post(f"/admin/webhooks/{row.pk}/log/again/")
    failed.refresh_from_db()
    assert failed.state == "waiting"


def test_the_list_tells_how_they_do(door, world):
    row = endpoint(world, "https://a.example/", name="Broken")
    EndpointState.objects.create(endpoint=row, failing_since=timezone.now(), failures=3, last_error="tls")
    message(row, state="failed", parked_at=timezone.now())
    body = door.get("/admin/webhooks/").content.decode()
    assert "the certificate is not valid" in body
    assert "1 not delivered" in body


def test_one_is_removed(door, world):
    row = endpoint(world, "https://a.example/")
    door.post(f"/admin/webhooks/{row.pk}/remove/")
    assert not Endpoint.objects.exists()


@pytest.mark.parametrize("page", ["/admin/webhooks/", "/admin/webhooks/{pk}/log/"])
def test_queries_do_not_grow_with_rows(door, world, queries, page):
    row = endpoint(world, "https://a.example/", queues=[world.support])
    message(row, ticket=TicketFactory(queue=world.support))
    url = page.format(pk=row.pk)
    door.get(url)
    with queries() as few:
        door.get(url)
    for number in range(4):
        endpoint(world, "https://a.example/", name=f"Chat {number}", queues=[world.support, world.billing])
        message(row, ticket=TicketFactory(queue=world.support))
    with queries() as many:
        door.get(url)
    assert len(many) == len(few)
