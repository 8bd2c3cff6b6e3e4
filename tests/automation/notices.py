"""What the tests of notices share: tell of what has happened, and see who has heard."""

from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from django.utils import timezone

from accounts.models import User
from automation.models import Notice, NoticeDelivery
from automation.notice_handlers import notify
from automation.tasks import send_notice
from core import memo
from mail.pools import Taken
from tickets.models import Event, Ticket

Heard = set[tuple[str, str, str]]


_forgotten = 0


def tell(ticket: Ticket) -> None:
    """As the deliveries do it: each event of the ticket since `forget()`, in order."""
    events = Event.objects.filter(ticket=ticket, pk__gt=_forgotten)
    for event in events.select_related("article", "cause_event").order_by("id"):
        notify(event)


def forget() -> None:
    """What has happened so far is old news."""
    global _forgotten
    _forgotten = Event.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    Notice.objects.all().delete()
    NoticeDelivery.objects.all().delete()


def bell_of(user: User) -> list[tuple[str, str]]:
    return list(Notice.objects.filter(user=user).order_by("id").values_list("occasion", "relation"))


def mails_of(user: User) -> list[tuple[str, str]]:
    rows = NoticeDelivery.objects.filter(user=user, channel="mail").order_by("id")
    return list(rows.values_list("occasion", "relation"))


def happened(ticket: Ticket, user: User) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """What the person has in the bell and will get by mail of everything that has happened since `forget()`."""
    tell(ticket)
    return bell_of(user), mails_of(user)


def make_due() -> None:
    NoticeDelivery.objects.unfinished().update(due_at=timezone.now())


class Postbox:
    """A mail server that keeps what it gets; `answer` is what it says instead of taking it."""

    def __init__(self) -> None:
        self.messages: list[tuple[str, list[str], EmailMessage]] = []
        self.answer: Exception | None = None

    def __call__(self, ways, act) -> Taken:
        return Taken(act(self))

    def sendmail(self, sender: str, recipients: list[str], raw: bytes) -> dict:
        if self.answer is not None:
            raise self.answer
        self.messages.append((sender, recipients, message_from_bytes(raw, policy=policy.default)))
        return {}

    @property
    def mails(self) -> list[EmailMessage]:
        return [message for _sender, _recipients, message in self.messages]


def send_due() -> None:
    """As workers do it some time later: what they knew a moment ago is forgotten."""
    memo._last = memo._Last()
    for pk in list(NoticeDelivery.objects.due().values_list("pk", flat=True)):
        send_notice(pk)


@pytest.fixture
def postbox(monkeypatch, settings) -> Postbox:
    box = Postbox()
    settings.SMTP_URL = "smtp://127.0.0.1:2599"
    monkeypatch.setattr("mail.posting.by_any", box)
    return box
