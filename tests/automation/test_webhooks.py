"""Webhooks out: told once per event, signed, tried again with the same id, and nothing that is not meant for them."""

import json
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from standardwebhooks import Webhook, WebhookVerificationError

from accounts.models import ConfigChange
from automation import webhook_sending, webhook_turns
from automation.effects import Context, Refused, do_effect
from automation.endpoints import make_test, replay, replay_failed, rotate_secret, save_endpoint
from automation.models import Endpoint, EndpointState, HouseNews, WebhookAttempt, WebhookDelivery
from automation.tasks import send_webhook
from automation.webhook_handlers import enqueue
from core.work import run_leased
from tests.automation.endpoints import HOUSE, Listener, endpoint, listening
from tests.factories import TicketFactory
from tickets.actions.fields import set_title
from tickets.actions.replying import add_note
from tickets.actions.routing import move
from tickets.events import Cause
from tickets.messages import Message

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_home(settings):
    settings.WEBHOOK_NETWORKS = HOUSE


@pytest.fixture
def send_all():
    def run() -> None:
        for pk in WebhookDelivery.objects.due().values_list("pk", flat=True):
            send_webhook(pk)

    return run


def tell(ticket, kind: str = "ticket.created") -> None:
    """What happened to it, without the receipt that the customer got."""
    for event in ticket.events.select_related("ticket", "article", "actor").filter(kind=kind):
        enqueue(event)


def created(ticket):
    return ticket.events.get(kind="ticket.created")


def test_an_event_is_told_once_signed_as_the_library_verifies(world, send_all):
    with listening() as heard:
        row = endpoint(world, heard.url, events=["opened"])
        ticket = TicketFactory(queue=world.support, customer=world.dana, title="Printer hums")
        tell(ticket)
        tell(ticket)
        send_all()
        send_all()
    ((headers, body),) = heard.heard
    told = Webhook(row.secrets[0]).verify(body, headers)
    assert told["type"] == "ticket.created"
    assert told["data"]["ticket"]["number"] == ticket.number
    assert told["data"]["ticket"]["customer"]["email"] == "dana@acme.example"
    assert told["data"]["article"]["text"] == "It hums, blinks twice and then stops."
    with pytest.raises(WebhookVerificationError):
        Webhook(row.secrets[0]).verify(body + b" ", headers)
    delivery = WebhookDelivery.objects.get()
    assert (delivery.state, headers["webhook-id"]) == ("delivered", delivery.message_id)
    assert (delivery.tries.get().status, EndpointState.objects.get().failures) == (200, 0)


def test_nobody_listens_costs_one_query(world, queries):
    ticket = TicketFactory(queue=world.support)
    event = created(ticket)
    Endpoint.objects.create(name="Off", url="https://x.example/", is_active=False)
    with queries() as counted:
        enqueue(event)
    assert len(counted) == 1


def test_the_database_refuses_a_second_row_for_the_same_event(world):
    row = endpoint(world, "https://x.example/")
    ticket = TicketFactory(queue=world.support)
    tell(ticket)
    with pytest.raises(IntegrityError), transaction.atomic():
        WebhookDelivery.objects.create(endpoint=row, event=created(ticket), kind="x", body="x")


def test_both_secrets_sign_while_one_is_changed(world, send_all):
    with listening() as heard:
        row = endpoint(world, heard.url)
        old = row.secrets[0]
        new = rotate_secret(row, by=world.alex)
        tell(TicketFactory(queue=world.support))
        send_all()
        ((headers, body),) = heard.heard
        for secret in (old, new):
            assert Webhook(secret).verify(body, headers)
        Endpoint.objects.update(old_secret_until=timezone.now() - timedelta(seconds=1))
        row.refresh_from_db()
        assert row.secrets == [new]
    change = ConfigChange.objects.filter(kind="automation.endpoint").latest("pk")
    assert change.after["sealed_secret"] == "replaced"
    assert old not in str(change.after)


def test_a_failed_call_is_tried_again_with_the_same_id(world, send_all):
    with listening(Listener(answers=(500, 302, 204))) as heard:
        endpoint(world, heard.url)
        tell(TicketFactory(queue=world.support))
        for _try in range(3):
            send_all()
            EndpointState.objects.update(rests_until=None)
            WebhookDelivery.objects.filter(due_at__isnull=False).update(due_at=timezone.now())
    delivery = WebhookDelivery.objects.get()
    assert len(heard.ids) == 3
    assert set(heard.ids) == {delivery.message_id}
    assert [(one.status, one.trouble) for one in delivery.tries.all()] == [
        (500, "status"),
        (302, "redirect"),
        (204, ""),
    ]
    assert (delivery.state, delivery.last_error) == ("delivered", "")


def test_after_a_day_it_is_given_up_and_can_be_replayed_by_hand(world, send_all):
    assert sum(WebhookDelivery.backoff, timedelta()) > timedelta(hours=24)
    with listening(Listener(answers=(*[503] * 8, 200))) as heard:
        row = endpoint(world, heard.url)
        tell(TicketFactory(queue=world.support))
        for _try in range(8):
            EndpointState.objects.update(rests_until=None)
            WebhookDelivery.objects.filter(due_at__isnull=False).update(due_at=timezone.now())
            send_all()
        delivery = WebhookDelivery.objects.get()
        assert (delivery.state, delivery.due_at, len(heard.ids)) == ("failed", None, 8)
        assert replay(delivery, by=world.alex)
        send_all()
        delivery.refresh_from_db()
        assert (delivery.state, len(set(heard.ids))) == ("delivered", 1)
        assert replay_failed(row, by=world.alex) == 0


def test_f17_who_is_away_rests_and_uses_up_no_tries_of_the_others(world, send_all):
    """A target that is down for a day: the circuit opens, and all comes once it is back, the oldest first."""
    with listening(Listener(answers=(*[500] * 4, 200))) as heard:
        endpoint(world, heard.url)
        tickets = [TicketFactory(queue=world.support) for _number in range(12)]
        for ticket in tickets:
            tell(ticket)
        for _round in range(5):
            send_all()
        assert len(heard.heard) == webhook_turns.PATIENCE
        assert EndpointState.objects.get().rests_until > timezone.now()
        assert WebhookDelivery.objects.filter(attempts=0).count() == 12 - webhook_turns.PATIENCE
        for _round in range(2):
            EndpointState.objects.update(rests_until=timezone.now())
            WebhookDelivery.objects.filter(attempts=0).update(due_at=timezone.now())
            send_all()
        send_all()
    assert not WebhookDelivery.objects.exclude(state="delivered").exists()
    assert len(set(heard.ids)) == 12


def test_f17_a_worker_that_dies_after_the_call_repeats_it_with_the_same_id(world, monkeypatch):
    with listening() as heard:
        endpoint(world, heard.url)
        tell(TicketFactory(queue=world.support))
        pk = WebhookDelivery.objects.get().pk

        def die(*_arguments, **_options):
            raise KeyboardInterrupt  # as good as kill -9: nothing is written after it

        with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
            patched.setattr(webhook_sending, "_note", die)
            send_webhook(pk)
        assert WebhookDelivery.objects.get().state == "waiting"
        send_webhook(pk)
        assert len(heard.ids) == 1, "the lease still holds"
        past = timezone.now() - timedelta(minutes=5)
        WebhookDelivery.objects.update(leased_until=past)
        send_webhook(pk)
    assert len(heard.ids) == 2
    assert len(set(heard.ids)) == 1
    assert WebhookDelivery.objects.get().state == "delivered"


def test_days_of_failures_switch_it_off_with_a_line_in_the_audit(world, send_all):
    with listening(Listener(answers=(500,))) as heard:
        row = endpoint(world, heard.url, give_up_days=2)
        for _number in range(3):
            tell(TicketFactory(queue=world.support))
        EndpointState.objects.create(endpoint=row, failing_since=timezone.now() - timedelta(days=3), failures=1)
        send_all()
    row.refresh_from_db()
    assert (row.is_active, len(heard.heard)) == (False, 1)
    assert EndpointState.objects.get().given_up_at is not None
    assert set(WebhookDelivery.objects.values_list("state", flat=True)) == {"failed"}
    assert ConfigChange.objects.filter(kind="automation.endpoint").latest("pk").actor.system_key == "system"
    assert [news.user for news in HouseNews.objects.all()] == [world.alex]
    row.is_active = True
    save_endpoint(row, queues=[], by=world.alex)
    assert EndpointState.objects.get().failing_since is None
    assert replay_failed(row, by=world.alex) == 3


def test_gone_is_gone(world, send_all):
    with listening(Listener(answers=(410,))) as heard:
        row = endpoint(world, heard.url)
        tell(TicketFactory(queue=world.support))
        send_all()
    row.refresh_from_db()
    assert not row.is_active


def test_an_endpoint_hears_only_of_its_queues_events_and_condition(world):
    inside = endpoint(world, "https://a.example/", name="Support", queues=[world.support])
    endpoint(world, "https://b.example/", name="Titles", events=["title"])
    picky = endpoint(world, "https://c.example/", name="Loud", condition={"field": "title", "contains": "loud"})
    below = TicketFactory(queue=world.hardware, customer=world.dana)
    elsewhere = TicketFactory(queue=world.billing, title="A loud printer")
    for ticket in (below, elsewhere):
        tell(ticket)
    found = WebhookDelivery.objects.values_list("endpoint", "ticket")
    assert set(found) == {(inside.pk, below.pk), (picky.pk, elsewhere.pk)}


def test_one_without_events_hears_of_none_by_itself(world):
    endpoint(world, "https://a.example/", events=[])
    tell(TicketFactory(queue=world.support, customer=world.dana))
    assert not WebhookDelivery.objects.exists()


def test_internal_notes_are_told_only_where_that_was_asked_for(world):
    endpoint(world, "https://a.example/", name="Public")
    told = endpoint(world, "https://b.example/", name="Internal", sends_internal=True)
    silent = endpoint(world, "https://c.example/", name="Brief", sends_text=False, sends_internal=True)
    ticket = TicketFactory(queue=world.support)
    add_note(ticket, Message(text="The customer is difficult."), by=world.bea)
    enqueue(ticket.events.filter(article__channel="note").get())
    rows = {row.endpoint_id: json.loads(row.body) for row in WebhookDelivery.objects.all()}
    assert rows.keys() == {told.pk, silent.pk}
    assert rows[told.pk]["data"]["article"]["text"] == "The customer is difficult."
    assert rows[silent.pk]["data"]["article"]["text"] is None


def test_other_queues_are_not_even_named(world):
    endpoint(world, "https://a.example/", queues=[world.support])
    ticket = TicketFactory(queue=world.billing)
    move(ticket, world.support, by=world.bea)
    tell(ticket, "queue.changed")
    body = WebhookDelivery.objects.get().body
    changes = json.loads(body)["data"]["event"]["changes"]
    assert changes["queue"] == {"was": None, "now": {"id": world.support.pk, "name": "Support"}}
    assert "Billing" not in body


def test_an_own_body_and_headers(world, send_all):
    body = '{"text": {{ data.ticket.title | json }}, "who": "{{ data.ticket.customer.name }}"}'
    with listening() as heard:
        endpoint(world, heard.url, body=body, headers={"Authorization": "Bearer abc"})
        ticket = TicketFactory(queue=world.support, customer=world.dana, title='It says "hum" \\ again')
        tell(ticket)
        send_all()
    ((headers, sent),) = heard.heard
    assert json.loads(sent) == {"text": 'It says "hum" \\ again', "who": "Dana Miller"}
    assert headers["authorization"] == "Bearer abc"
    assert "abc" not in str(list(Endpoint.objects.values()))


@pytest.mark.parametrize(
    "body",
    [
        "{{ x.__class__ }}",
        "{{ data.ticket.__init__.__globals__ }}",
        "{% load static %}",
        "{{ data.ticket.title.__class__.__mro__ }}",
        "{0.__init__}",
        "{{ settings.SECRET_KEY }}",
    ],
)
def test_t58_a_body_reaches_nothing_but_its_values(world, settings, body):
    try:
        endpoint(world, "https://a.example/", body=f"[{body}]", content_type="text/plain")
    except ValidationError:
        return
    tell(TicketFactory(queue=world.support))
    sent = WebhookDelivery.objects.get().body
    assert sent in ("[]", "[{0.__init__}]")
    assert settings.SECRET_KEY not in sent


def test_t64_a_body_that_never_ends_is_refused(world):
    loop = "{% for a in (1..100000) %}{% for b in (1..100000) %}x{% endfor %}{% endfor %}"
    with pytest.raises(ValidationError):
        endpoint(world, "https://a.example/", body=loop, content_type="text/plain")


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"url": "ftp://a.example/"}, "url"),
        ({"url": "https://user:pass@a.example/"}, "url"),
        ({"url": "nonsense"}, "url"),
        ({"body": "{% if %}"}, "body"),
        ({"content_type": "json"}, "content_type"),
        ({"condition": {"field": "no such field", "is": 1}}, "condition"),
    ],
)
def test_what_cannot_be_is_refused_by_field(world, fields, field):
    row = Endpoint(name="x", url="https://a.example/")
    for name, value in fields.items():
        setattr(row, name, value)
    with pytest.raises(ValidationError) as refused:
        save_endpoint(row, queues=[], by=world.alex)
    assert list(refused.value.message_dict) == [field]
    assert not Endpoint.objects.exists()


def test_a_test_says_what_came_back_and_is_tried_once(world):
    with listening(Listener(body=b"hello")) as heard:
        row = endpoint(world, heard.url, is_active=False)
        delivery = make_test(row)
        run_leased(WebhookDelivery, delivery.pk, webhook_sending.send, lease=timedelta(seconds=30))
    assert json.loads(heard.heard[0][1])["type"] == "endpoint.test"
    attempt = WebhookAttempt.objects.get()
    assert (attempt.status, attempt.answer) == (200, ""), "of a network of our own nothing is shown"


def test_a_slow_endpoint_gets_one_call_at_a_time_and_others_go_on(world):
    slow, quick = (endpoint(world, f"https://{name}.example/", name=name) for name in ("slow", "quick"))
    third = endpoint(world, "https://third.example/", name="third")
    ticket = TicketFactory(queue=world.support)
    set_title(ticket, "Other", by=world.bea)
    tell(ticket)
    tell(ticket, "title.changed")
    EndpointState.objects.create(endpoint=slow, last_ms=9_000)
    EndpointState.objects.create(endpoint=third, last_ms=9_000)
    first, second = WebhookDelivery.objects.filter(endpoint=slow)
    assert webhook_turns.admit(first) is None
    assert webhook_turns.admit(second) is not None
    assert webhook_turns.admit(WebhookDelivery.objects.filter(endpoint=third)[0]) is not None
    assert webhook_turns.admit(WebhookDelivery.objects.filter(endpoint=quick)[0]) is None
    webhook_turns.leave(first, error="", ms=10)
    assert webhook_turns.admit(second) is None


def test_the_effect_calls_once_for_an_event_and_only_within_its_scope(world):
    row = endpoint(world, "https://a.example/", events=["locked"], queues=[world.support])
    ticket = TicketFactory(queue=world.support)
    event = created(ticket)
    context = Context(by=world.alex, cause=Cause("rule", "7", event=event), event=event)
    for _time in range(2):
        do_effect({"do": "call", "endpoint": row.pk}, ticket, context)
    assert WebhookDelivery.objects.get().reason == "rule 7"
    macro = Context(by=world.alex, cause=Cause("macro", "3"))
    do_effect({"do": "call", "endpoint": row.pk}, ticket, macro)
    assert json.loads(WebhookDelivery.objects.latest("pk").body)["data"]["event"] is None
    with pytest.raises(Refused, match="endpoint_scope"):
        do_effect({"do": "call", "endpoint": row.pk}, TicketFactory(queue=world.billing), macro)


def test_old_messages_are_forgotten_and_what_failed_later(world):
    row = endpoint(world, "https://a.example/")
    long_ago = timezone.now() - timedelta(days=40)
    for state in ("delivered", "failed"):
        WebhookDelivery.objects.create(
            endpoint=row, kind="x", body="x", state=state, due_at=None, created_at=long_ago, reason=state
        )
    assert webhook_sending.forget_deliveries() == 1
    assert WebhookDelivery.objects.get().state == "failed"


def test_F17_a_target_that_is_away_for_a_day_gets_everything_afterwards(world, send_all, monkeypatch, settings):
    """A day in a minute: few calls meanwhile, none of them lost, the oldest first, and other work is not held up."""
    begun = timezone.now()
    moment = [begun]
    monkeypatch.setattr("django.utils.timezone.now", lambda: moment[0])

    def live(until: timedelta) -> None:
        while moment[0] < begun + until and WebhookDelivery.objects.unfinished().exists():
            send_all()
            due = WebhookDelivery.objects.unfinished().order_by("due_at").values_list("due_at", flat=True).first()
            moment[0] = max(moment[0] + timedelta(seconds=1), due or moment[0])

    with listening(Listener(answers=(503,))) as heard:
        endpoint(world, heard.url)
        for number in range(5):
            tell(TicketFactory(queue=world.support, customer=world.dana, title=f"Ticket {number}"))
        rows = list(WebhookDelivery.objects.order_by("pk"))
        live(timedelta(hours=24))
        assert EndpointState.objects.get().rests_until is not None
        assert 10 < len(heard.heard) < 50
        assert WebhookDelivery.objects.unfinished().count() == 5
        tried, heard.answers = len(heard.heard), (200,)
        live(timedelta(hours=28))
    assert heard.ids[tried:] == [row.message_id for row in rows]
    assert set(heard.ids) == {row.message_id for row in rows}
    assert set(WebhookDelivery.objects.values_list("state", flat=True)) == {"delivered"}
    # what waits for it takes no worker's turn from mail
    assert settings.CELERY_TASK_ROUTES["automation.tasks.send_webhook"]["queue"] not in ("intake", "outgoing")


def test_a_failed_try_is_one_plain_line_in_the_log(world, send_all, caplog):
    with listening(Listener(answers=(500,))) as heard:
        endpoint(world, heard.url)
        tell(TicketFactory(queue=world.support))
        send_all()
    (line,) = [record for record in caplog.records if record.name == "core.work" and record.levelname != "INFO"]
    assert (line.getMessage(), line.exc_info, line.levelname) == ("not done: status 500", None, "WARNING")
