"""Trouble with mail that lasts: found by asking, shown to administrators, told to them by mail once per incident.

`troubles` asks now and is what pages and figures show, so that they are right even when no worker runs. `watch`, once a
minute, keeps an `Incident` for each and leaves one letter per administrator when it begins. A letter is nothing that a
ticket could come of: it goes to no address of ours, has an empty return path, calls itself automatic, and its
Message-ID is known again if somebody sends it back.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.db.models import Min
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.models import ConfigChange, User
from core.database import hold
from core.work import wake
from mail import spool
from mail.addressing import is_ours
from mail.models import Account, Incident, Incoming, Letter
from mail.outbox_figures import Failing, stuck
from tickets.scanning import waiting as unchecked

PATIENCE = timedelta(minutes=15)
SPOOL_PATIENCE = timedelta(minutes=5)
# What comes back so soon after it was over is the same trouble, and nobody is told twice.
SAME = timedelta(hours=1)
KEPT = timedelta(days=90)
MOST = 1000


@dataclass(frozen=True)
class Trouble:
    """Something that should not stay as it is: how many messages (counted to `MOST`), and since when."""

    kind: Incident.Kind
    number: int
    since: datetime
    account: Account | None = None

    @property
    def key(self) -> tuple[str, int | None]:
        return self.kind, self.account.pk if self.account else None


def troubles(*, accounts: Iterable[Account] | None = None, failing: Sequence[Failing] | None = None) -> list[Trouble]:
    """All there is now. Costs four queries, whatever there is, and one more with a virus scanner; who knows the active
    accounts, or which servers fail, can say so and save one each."""
    now = timezone.now()
    return [
        *_lying(now - PATIENCE),
        *_silent_accounts(now, Account.objects.filter(is_active=True) if accounts is None else accounts),
        *_spooled(now),
        *_not_leaving(now, failing),
        *_unchecked(now),
    ]


def watch() -> int:
    """Begin and end incidents as things are now; returns how many began. Two at once do no harm."""
    with transaction.atomic():
        hold("mail incidents")
        now = timezone.now()
        going_on = {_key(incident): incident for incident in Incident.objects.filter(over_at__isnull=True)}
        began = 0
        for trouble in troubles():
            incident = going_on.pop(trouble.key, None)
            if incident is None:
                began += _begin(trouble, now)
            elif trouble.number > incident.number:
                Incident.objects.filter(pk=incident.pk).update(number=trouble.number)
        Incident.objects.filter(pk__in=[incident.pk for incident in going_on.values()]).update(over_at=now)
        Incident.objects.filter(over_at__lt=now - KEPT).delete()
    return began


def _begin(trouble: Trouble, now: datetime) -> int:
    facts = {"kind": trouble.kind, "account": trouble.account}
    if again := Incident.objects.filter(**facts, over_at__gte=now - SAME).order_by("-over_at").first():
        again.over_at, again.number = None, max(again.number, trouble.number)
        again.save(update_fields=["over_at", "number"])
        return 0
    incident = Incident.objects.create(**facts, number=trouble.number, since=trouble.since)
    for person in User.objects.active().filter(is_administrator=True).order_by("pk"):
        if person.email and not is_ours(person.email):
            kind = Letter.Kind.ALARM
            wake(Letter.objects.create(kind=kind, address=person.email, language=person.language, incident=incident))
    return 1


LYING = {Incoming.State.RECEIVED: Incident.Kind.WAITING, Incoming.State.QUARANTINED: Incident.Kind.QUARANTINE}


def _lying(limit: datetime) -> Iterable[Trouble]:
    """Messages that have been received, or in quarantine, since before `limit`."""
    since = Coalesce("state_since", "received_at")
    rows = Incoming.objects.annotate(since=since).filter(since__lt=limit).order_by()
    waiting, held = (rows.filter(state=state).values_list("state", "since")[:MOST] for state in LYING)
    found = list(waiting.union(held, all=True))
    for state, kind in LYING.items():
        times = [since for one, since in found if one == state]
        if times:
            yield Trouble(kind, len(times), min(times))


def _silent_accounts(now: datetime, accounts: Iterable[Account]) -> Iterable[Trouble]:
    """Accounts that have not succeeded for as many minutes as each of them may take; a new one since it was set up."""
    tried = [account for account in accounts if account.last_success_at or account.last_error]
    new = [str(account.pk) for account in tried if not account.last_success_at]
    lines = ConfigChange.objects.filter(kind="mail.account", object_id__in=new).order_by()
    made = dict(lines.values_list("object_id").annotate(Min("at"))) if new else {}
    for account in tried:
        since = account.last_success_at or made.get(str(account.pk))
        if since is None or since < now - timedelta(minutes=account.silent_after):
            yield Trouble(Incident.Kind.ACCOUNT, 0, since or now, account)


def _spooled(now: datetime) -> Iterable[Trouble]:
    times = []
    for path in spool.waiting()[:MOST]:
        try:
            times.append(datetime.fromtimestamp(path.stat().st_mtime, UTC))
        except FileNotFoundError:
            continue
    if times and min(times) < now - SPOOL_PATIENCE:
        yield Trouble(Incident.Kind.SPOOL, len(times), min(times))


def _not_leaving(now: datetime, failing: Sequence[Failing] | None) -> Iterable[Trouble]:
    if found := stuck(now, failing):
        number, since = found
        yield Trouble(Incident.Kind.SENDING, number, since)


def _unchecked(now: datetime) -> Iterable[Trouble]:
    """Files that the virus scanner has not looked at in time, because it is away or says nothing."""
    found = unchecked()
    if found and found[1] < now - PATIENCE:
        yield Trouble(Incident.Kind.SCANNER, *found)


def _key(incident: Incident) -> tuple[str, int | None]:
    return incident.kind, incident.account_id
