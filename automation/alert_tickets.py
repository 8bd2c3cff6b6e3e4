"""What an alert means to its ticket: opened once, noted, closed as the source says, gone on in when it fires again."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone, translation

from accounts.models import User
from accounts.people import system_actor
from automation import alert_flapping, alert_words
from automation.alert_reading import FIRING, REMARK, Reading
from automation.models import Alert, AlertSource
from core.clock import now
from core.text import clean_line
from tickets import vocabulary
from tickets.actions import progress, replying
from tickets.actions.opening import Opening, open_ticket
from tickets.events import Cause, digest_of_text
from tickets.messages import Message
from tickets.models import Priority, StateType, Ticket
from tickets.models.article import Sender
from tickets.models.ticket import Channel

# A text that changes all the time is noted no more often.
NOTED_EVERY = timedelta(hours=1)


@dataclass(frozen=True)
class Work:
    """Who acts for a source, and why."""

    source: AlertSource
    by: User
    cause: Cause


Act = Callable[[Alert, Reading, Work], str]


def work_for(source: AlertSource) -> Work:
    return Work(source, system_actor("alerts"), Cause("alert", source.name))


def take(reading: Reading, *, work: Work, post: int) -> dict[str, str]:
    """Do what follows from one alert of a post, in a transaction of the caller's; returns what came of it."""
    alert = _locked(work.source, reading.fingerprint)
    with translation.override(work.source.queue.language or "en"):
        act: Act = _late if post < alert.post else _ACTS.get(reading.status, _resolve)
        outcome = act(alert, reading, work)
    alert.post, alert.heard_at = max(alert.post, post), timezone.now()
    alert.save()
    number = alert.ticket.number if alert.ticket else ""
    return {"fingerprint": alert.fingerprint, "title": reading.title, "outcome": outcome, "ticket": number}


def settle(alert: Alert) -> str:
    """It is over and stays so: what the source wants done with the ticket; the outcome."""
    work = work_for(alert.source)
    ticket = live_ticket(alert)
    if ticket is None or ticket.closed_at is not None:
        return "over"
    wish = alert.source.when_resolved
    if wish == AlertSource.WhenResolved.UNTOUCHED:
        wish = AlertSource.WhenResolved.NOTE if ticket.owner_id else AlertSource.WhenResolved.CLOSE
    if wish == AlertSource.WhenResolved.CLOSE:
        progress.solve(ticket, by=work.by, cause=work.cause)
        return "closed"
    if wish == AlertSource.WhenResolved.PENDING:
        until = now() + timedelta(hours=alert.source.wait_hours)
        state = vocabulary.first_state(StateType.PENDING_AUTO)
        progress.set_state(ticket, state, until=until, by=work.by, cause=work.cause)
        return "waits"
    return "over"


def live_ticket(alert: Alert) -> Ticket | None:
    """The ticket it is on, followed through merges; None when there is none, or it was thrown away."""
    if alert.ticket is None:
        return None
    ticket = Ticket.objects.survivor_of(alert.ticket)
    return None if ticket is None or ticket.is_removed else ticket


def note(ticket: Ticket, text: str, *, work: Work) -> None:
    replying.add_note(ticket, Message(text=text), by=work.by, cause=work.cause)


def reopen(ticket: Ticket, *, work: Work) -> None:
    """Closed or waiting to be: somebody has to look at it again."""
    if ticket.state.type not in (StateType.NEW, StateType.OPEN):
        progress.set_state(ticket, vocabulary.first_state(StateType.OPEN), by=work.by, cause=work.cause)


def _fire(alert: Alert, reading: Reading, work: Work) -> str:
    if alert.status == Alert.Status.FIRING and alert.ticket_id and live_ticket(alert):
        return _repeat(alert, reading, work)
    _turn(alert, Alert.Status.FIRING)
    alert.fired_at, alert.repeats = timezone.now(), 1
    ticket = _ticket_to_go_on_in(alert, work.source)
    if ticket is None:
        alert.flapping_since, alert.flaps = None, 0
        _remember(alert, reading)
        alert.ticket = _open(reading, work)
        return "opened"
    if alert_flapping.is_counted(alert):
        _remember(alert, reading)
        return "flapping"
    if alert_flapping.begins(alert):
        note(ticket, alert_words.flapping(len(alert.changes)), work=work)
        reopen(ticket, work=work)
        _remember(alert, reading)
        return "flapping"
    note(ticket, alert_words.again(reading), work=work)
    reopen(ticket, work=work)
    _remember(alert, reading)
    return "again"


def _repeat(alert: Alert, reading: Reading, work: Work) -> str:
    """Still firing: a note only when what it says has changed, and not all the time."""
    alert.repeats += 1
    was, ticket = alert.severity, live_ticket(alert)
    if ticket is None or ticket.closed_at is not None:  # a person has closed it, knowing that it fires
        return "repeated"
    if reading.severity != was:
        note(ticket, alert_words.changed(reading, was=was), work=work)
        _follow(ticket, was, reading.severity, work)
    elif _digest(reading) == alert.text_digest or _is_noted(alert):
        return "repeated"
    else:
        note(ticket, alert_words.changed(reading, was=was), work=work)
    _remember(alert, reading)
    return "changed"


def _resolve(alert: Alert, _reading: Reading, work: Work) -> str:
    if alert.status != Alert.Status.FIRING:
        return "repeated" if alert.ticket_id else "nothing"
    _turn(alert, Alert.Status.RESOLVED)
    alert.resolved_at = timezone.now()
    ticket = live_ticket(alert)
    if alert_flapping.is_counted(alert):
        return "flapping"
    if ticket is None:
        return "over"
    if ticket.closed_at is None:
        note(ticket, alert_words.over(), work=work)
    return settle(alert)


def _remark(alert: Alert, reading: Reading, work: Work) -> str:
    """Somebody has taken notice of it there, or it has a pause."""
    ticket = live_ticket(alert)
    if ticket is None or ticket.closed_at is not None:
        return "nothing"
    note(ticket, alert_words.remark(reading), work=work)
    return "remark"


def _late(_alert: Alert, _reading: Reading, _work: Work) -> str:
    return "late"


_ACTS: Mapping[str, Act] = {FIRING: _fire, REMARK: _remark}


def _open(reading: Reading, work: Work) -> Ticket:
    """Internal: the customer hears of it when an agent writes."""
    source = work.source
    article = open_ticket(
        Opening(
            title=reading.title,
            queue=source.queue,
            customer=source.customer,
            channel=Channel.NOTE,
            priority=_priority(source, reading.severity),
            type=source.type,
        ),
        Message(text=alert_words.opening(reading, source.name)),
        sender=Sender.SYSTEM,
        by=work.by,
        cause=work.cause,
    )
    return article.ticket


def _ticket_to_go_on_in(alert: Alert, source: AlertSource) -> Ticket | None:
    """Its open ticket, or one that was closed a short while ago."""
    ticket = live_ticket(alert)
    if ticket is None or ticket.closed_at is None:
        return ticket
    return ticket if now() - ticket.closed_at <= timedelta(minutes=source.again_minutes) else None


def _follow(ticket: Ticket, was: str, severity: str, work: Work) -> None:
    """The priority goes with the severity, unless a person has given another one."""
    usual = vocabulary.default_priority()
    before, after = (_priority(work.source, name) or usual for name in (was, severity))
    if ticket.priority_id == before.pk:
        progress.set_priority(ticket, after, by=work.by, cause=work.cause)


def _priority(source: AlertSource, severity: str) -> Priority | None:
    return Priority.objects.filter(pk=source.priorities.get(severity)).first() if severity else None


def _turn(alert: Alert, status: str) -> None:
    alert.status = status
    alert.changes = [*alert.changes, int(timezone.now().timestamp())][-alert_flapping.MOST :]


def _remember(alert: Alert, reading: Reading) -> None:
    alert.title, alert.severity = clean_line(reading.title, 300), reading.severity
    alert.text_digest, alert.noted_at = _digest(reading), timezone.now()


def _digest(reading: Reading) -> str:
    return digest_of_text(f"{reading.title}\n{reading.text}")


def _is_noted(alert: Alert) -> bool:
    return alert.noted_at is not None and timezone.now() - alert.noted_at < NOTED_EVERY


def _locked(source: AlertSource, fingerprint: str) -> Alert:
    """Twenty at once make one row; who comes second waits until the first is done."""
    row = Alert(source=source, fingerprint=fingerprint, status=Alert.Status.RESOLVED)
    Alert.objects.bulk_create([row], ignore_conflicts=True)
    found = Alert.objects.select_for_update(of=("self",)).get(source=source, fingerprint=fingerprint)
    found.source = source
    return found
