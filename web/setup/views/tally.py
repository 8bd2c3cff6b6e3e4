"""The ledger by day and mailbox, how it compares with the servers, and how long raw mail is kept."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.contrib import messages
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core import moments
from mail.accounts import CONNECT_SECONDS, READ_SECONDS
from mail.fetching.connecting import Patience
from mail.fetching.troubles import sentence, trouble_of
from mail.keeping import keep_ignored_for, keeping
from mail.mailboxes import mailbox_names
from mail.models import Account, Incoming, Reconciliation
from mail.reconcile import reconcile
from mail.tally import Tally, tallies, total
from web.common.access import administrator_required
from web.setup.email_tabs import tabs
from web.setup.forms.ledger import NONE, KeepingForm
from web.setup.forms.problems import problems
from web.setup.pages import form_page
from web.setup.sections import EMAIL

DAYS = 7
PATIENCE = Patience(CONNECT_SECONDS, READ_SECONDS)


@dataclass(frozen=True)
class Day:
    """The mailboxes of one day and all of them together; each cell leads to its messages."""

    day: date
    lines: list["Line"]
    whole: "Line"

    @property
    def name(self) -> str:
        return _words(self.day)


@dataclass(frozen=True)
class Line:
    name: str
    tally: Tally
    all_mailboxes: bool = False

    @property
    def cells(self) -> Iterable[tuple[str, int, str]]:
        """Name, number and where the messages are."""
        tally = self.tally
        yield "received", tally.received, self._link()
        yield "new", tally.new, self._link(state="ticketed", outcome="new")
        yield "joined", tally.joined, self._link(state="ticketed", outcome="follow_up")
        yield "refused", tally.refused, self._link(state="ticketed", outcome="rejected")
        yield "ignored", tally.ignored, self._link(state="ignored")
        yield "quarantined", tally.quarantined, self._link(state="quarantined")
        yield "in_flight", tally.in_flight, self._link(state="received")

    @property
    def reasons(self) -> Iterable[tuple[str, int, str]]:
        """Why messages were ignored, the most frequent reason first."""
        labels = dict(Incoming.Reason.choices)
        for reason, number in sorted(self.tally.ignored_by_reason.items(), key=lambda item: -item[1]):
            yield str(labels.get(reason, reason)), number, self._link(state="ignored", reason=reason)

    def _link(self, **filters: str) -> str:
        query = QueryDict(mutable=True)
        query.update({"since": self.tally.day.isoformat(), "until": self.tally.day.isoformat(), **filters})
        if not self.all_mailboxes:
            query["mailbox"] = self.tally.mailbox or NONE
        return f"{reverse('setup:incoming_list')}?{query.urlencode()}"


@require_safe
@administrator_required
def ledger(request: HttpRequest) -> HttpResponse:
    return _page(request, KeepingForm(initial={"ignored_days": keeping().ignored_days}))


@require_POST
@administrator_required
def ledger_keeping(request: HttpRequest) -> HttpResponse:
    form = KeepingForm(request.POST)
    if not form.is_valid():
        return _page(request, form)
    keep_ignored_for(form.cleaned_data["ignored_days"], by=request.user)
    messages.success(request, _("Saved: %(name)s") % {"name": _("How long sources are kept")})
    return redirect("setup:ledger")


@require_POST
@administrator_required
def account_reconcile(request: HttpRequest, pk: int) -> HttpResponse:
    """Compare now. Waits a few seconds for each answer of the server and no longer."""
    account = get_object_or_404(Account, pk=pk)
    try:
        found = reconcile(account, patience=PATIENCE)
    except DatabaseError:
        raise
    except Exception as error:
        messages.warning(request, sentence(trouble_of(error), account))
    else:
        agrees = all(one.agrees for one in found)
        words = _("The ledger and the server agree.") if agrees else _("The ledger and the server differ; see below.")
        messages.add_message(request, messages.SUCCESS if agrees else messages.WARNING, words)
    return redirect("setup:ledger")


def _page(request: HttpRequest, form: KeepingForm) -> HttpResponse:
    last = _day(request.GET.get("until", "")) or timezone.localdate()
    first = last - timedelta(days=DAYS - 1)
    context = {
        "days": list(_days(tallies(first, last))),
        "from_day": _words(first),
        "to_day": _words(last),
        "earlier": first - timedelta(days=1),
        "later": last + timedelta(days=DAYS) if last < timezone.localdate() else None,
        "accounts": _compared(),
        "form": form,
        "problems": problems(form) if form.is_bound else [],
    }
    return form_page(request, "email/ledger", section=EMAIL, tabs=tabs("ledger"), **context)


def _days(lines: list[Tally]) -> Iterable[Day]:
    names = mailbox_names({line.mailbox for line in lines})
    for day in sorted({line.day for line in lines}, reverse=True):
        of_day = [line for line in lines if line.day == day]
        shown = sorted((Line(names[line.mailbox], line) for line in of_day), key=lambda line: line.name)
        yield Day(day, shown, Line("", total(of_day, day), all_mailboxes=True))


def _compared() -> list[tuple[Account, list[Reconciliation]]]:
    accounts = Account.objects.filter(is_active=True).prefetch_related("reconciliations").order_by("name")[:100]
    return [(account, sorted(account.reconciliations.all(), key=lambda one: one.place)) for account in accounts]


def _words(day: date) -> str:
    return moments.day(timezone.make_aware(datetime.combine(day, time())))


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 2000 < day.year < 9000 else None
