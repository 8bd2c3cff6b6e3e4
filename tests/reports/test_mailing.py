"""Reports by mail: at their times, to each with his own numbers, once."""

from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default

import pytest
from django.core.exceptions import ValidationError

from accounts.models import User
from core.clock import pretend
from mail.letters import send_letter
from mail.models import Letter
from reports import mailing, tasks
from reports.keeping import keep
from reports.mailing import next_time, subscribe, subscriptions_of, unsubscribe
from reports.models import Export, Report, Subscription
from reports.saved import save_report
from tests.factories import TicketFactory
from tickets.models import Ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def report(world) -> Report:
    for queue in (world.support, world.billing):
        TicketFactory(queue=queue)
    keep(list(Ticket.objects.values_list("pk", flat=True)))
    question = {"measures": ["created"], "rows": "queue", "period": {"name": "last_7_days"}}
    return save_report(Report(name="How <b>many</b>", question=question), roles=[], by=world.bea)


def subscribed(report, world, **options) -> Subscription:
    options = {"people": [world.bea, world.carlos], "rhythm": "daily", "hour": 7, **options}
    return subscribe(report, by=world.bea, **options)


def due(subscription: Subscription) -> None:
    Subscription.objects.filter(pk=subscription.pk).update(due_at=datetime.now(UTC) - timedelta(seconds=1))


@pytest.mark.parametrize(
    ("rhythm", "after", "expected"),
    [
        ("daily", "2026-03-28T05:59:00", "2026-03-28T06:00:00"),
        ("daily", "2026-03-28T06:00:00", "2026-03-29T05:00:00"),
        ("weekdays", "2026-03-27T07:00:00", "2026-03-30T05:00:00"),
        ("weekly", "2026-03-30T05:00:00", "2026-04-06T05:00:00"),
        ("monthly", "2026-03-30T05:00:00", "2026-04-01T05:00:00"),
    ],
)
def test_times_are_those_of_the_clock_on_the_wall(rhythm, after, expected):
    moment = next_time(rhythm, 7, "Europe/Berlin", datetime.fromisoformat(after).replace(tzinfo=UTC))
    assert moment == datetime.fromisoformat(expected).replace(tzinfo=UTC)


def test_each_gets_his_own_numbers_once(world, report, settings, tmp_path):
    settings.MAIL_OUTBOX = tmp_path
    subscription = subscribed(report, world, format="csv")
    due(subscription)
    tasks.send_report(subscription.pk)
    tasks.send_report(subscription.pk)
    letters = {letter.address: letter for letter in Letter.objects.all()}
    assert set(letters) == {world.bea.email, world.carlos.email}
    assert "Billing" in letters[world.bea.email].data["body"]
    assert "Billing" not in letters[world.carlos.email].data["body"]
    assert "How &lt;b&gt;many&lt;/b&gt;" in letters[world.bea.email].data["html"]
    assert Export.objects.filter(digest__gt="").count() == 2
    fresh = Subscription.objects.get()
    assert fresh.due_at > datetime.now(UTC) and fresh.sent_at is not None


def test_the_mail_has_text_table_and_file(world, report, settings, tmp_path):
    settings.MAIL_OUTBOX = tmp_path
    subscription = subscribed(report, world, people=[world.bea], format="xlsx")
    due(subscription)
    tasks.send_report(subscription.pk)
    send_letter(Letter.objects.get())
    mail = message_from_bytes(next(tmp_path.iterdir()).read_bytes(), policy=default)
    types = [part.get_content_type() for part in mail.walk()]
    assert {"text/plain", "text/html", Export.objects.get().content_type} <= set(types)
    assert Export.objects.get().file_name.endswith(".xlsx")
    assert mail["Auto-Submitted"] == "auto-generated"


def test_a_crash_after_sending_does_not_end_it(world, report):
    subscription = subscribed(report, world)
    Subscription.objects.filter(pk=subscription.pk).update(due_at=None)
    mailing.plan_next()
    assert Subscription.objects.get().due_at is not None


def test_only_reports_one_sees_go_to_colleagues(world, report):
    with pytest.raises(ValidationError):
        subscribe(report, people=[world.carlos], rhythm="daily", hour=7, by=world.carlos)
    with pytest.raises(ValidationError):
        subscribed(report, world, people=[world.dana])
    with pytest.raises(ValidationError):
        subscribed(report, world, rhythm="hourly")
    with pytest.raises(ValidationError):
        subscribed(report, world, hour=24)
    assert not Subscription.objects.exists()


def test_whoever_does_not_want_it_is_left_out(world, report):
    subscription = subscribed(report, world)
    assert list(subscriptions_of(report, world.carlos)) == [subscription]
    unsubscribe(subscription, by=world.carlos)
    assert list(subscription.people.all()) == [world.bea]
    with pytest.raises(ValidationError):
        unsubscribe(subscription, by=world.alex)
    unsubscribe(subscription, by=world.bea)
    assert not Subscription.objects.exists()


def test_without_tickets_it_says_so(world, report):
    with pretend(datetime(2020, 1, 1, tzinfo=UTC)):
        subscription = subscribed(report, world, people=[world.bea])
        mailing.send(subscription)
    assert "Total" in Letter.objects.get().data["body"]


def test_a_mail_that_is_cut_says_so(world, report, monkeypatch):
    mailing.send(subscribed(report, world, people=[world.bea]))
    monkeypatch.setattr(mailing, "MOST_LINES", 1)
    mailing.send(subscribed(report, world, people=[world.bea]))
    whole, cut = Letter.objects.order_by("pk")
    assert "This is not all" not in whole.data["body"] and "This is not all" not in whole.data["html"]
    assert "This is not all" in cut.data["body"] and "This is not all" in cut.data["html"]
    assert "Total" in cut.data["body"] and "Support" not in cut.data["body"]


def test_its_foot_leads_to_where_it_is_ended_and_to_the_report_for_who_sees_it(world, report):
    mailing.send(subscribed(report, world))
    bea, carlos = (Letter.objects.get(address=user.email).data["body"] for user in (world.bea, world.carlos))
    address = f"/desk/reports/{report.pk}/"
    assert f"{address}mails/" in bea and f"{address}\n" in bea
    assert f"{address}mails/" in carlos and f"{address}\n" not in carlos


@pytest.mark.parametrize("left", [{"is_active": False}, {"is_agent": False}])
def test_when_who_planned_it_has_left_the_others_are_told_and_it_ends(world, report, left):
    subscription = subscribed(report, world)
    User.objects.filter(pk=world.bea.pk).update(**left)
    due(subscription)
    tasks.send_report(subscription.pk)
    told = Letter.objects.get()
    assert told.address == world.carlos.email
    assert "is no longer sent" in told.data["subject"]
    assert str(world.bea) in told.data["body"] and "plan them yourself" not in told.data["body"]
    assert not Subscription.objects.exists()


def test_who_sees_the_report_is_told_how_to_go_on(world, report):
    save_report(report, roles=list(world.bea.groups.all()), by=world.bea)
    Letter.objects.all().delete()
    subscription = subscribed(report, world, people=[world.alex, world.carlos])
    User.objects.filter(pk=world.bea.pk).update(is_active=False)
    mailing.send(Subscription.objects.get(pk=subscription.pk))
    bodies = {letter.address: letter.data["body"] for letter in Letter.objects.all()}
    assert f"/desk/reports/{report.pk}/mails/" in bodies[world.carlos.email]


def test_what_goes_to_nobody_any_more_is_gone(world, report):
    subscription = subscribed(report, world, people=[world.carlos])
    unsubscribe(subscription, by=world.carlos)
    due(subscription)
    tasks.send_report(subscription.pk)
    assert not Letter.objects.exists() and not Subscription.objects.exists()
