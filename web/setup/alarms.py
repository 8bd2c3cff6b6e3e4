"""Trouble with mail that lasts (mail/alarms.py), as banners for administrators."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.moments import moment
from mail.alarms import MOST, Trouble
from mail.models import Incident, Incoming


@dataclass(frozen=True)
class Look:
    """Something that should not stay as it is."""

    icon: str
    title: str
    text: str
    url: str
    action: str


def alarms(troubles: Sequence[Trouble]) -> Iterable[Look]:
    """One banner each."""
    return (_look(trouble) for trouble in troubles)


def _look(trouble: Trouble) -> Look:
    since = _("Since %(date)s.") % {"date": moment(trouble.since)}
    words = {"number": f"{MOST - 1}+" if trouble.number >= MOST else str(trouble.number)}
    match trouble.kind:
        case Incident.Kind.WAITING:
            title = ngettext(
                "%(number)s message waits to be dealt with",
                "%(number)s messages wait to be dealt with",
                trouble.number,
            )
            text = _("They are stored and not lost, but nothing has come of them for more than 15 minutes.")
            url = f"{reverse('setup:incoming_list')}?state={Incoming.State.RECEIVED}"
            return Look("hourglass", title % words, f"{text} {since}", url, _("Show waiting mail"))
        case Incident.Kind.QUARANTINE:
            title = ngettext(
                "%(number)s message has been in quarantine for more than 15 minutes",
                "%(number)s messages have been in quarantine for more than 15 minutes",
                trouble.number,
            )
            text = _("They were received but could not become tickets by themselves, or a storm of mail keeps them.")
            url = f"{reverse('setup:incoming_list')}?state={Incoming.State.QUARANTINED}"
            return Look("inbox", title % words, f"{text} {since}", url, _("Show quarantine"))
        case Incident.Kind.SPOOL:
            title = ngettext("%(number)s message waits in a file", "%(number)s messages wait in files", trouble.number)
            text = _("They came while the database was away, and no worker has taken them in.")
            return Look("folder", title % words, f"{text} {since}", reverse("setup:health"), _("Show system health"))
        case Incident.Kind.SENDING:
            text = _("A mail server takes nothing, or no worker sends. Every message is tried again for five days.")
            url = reverse("setup:servers")
            return Look("send", _("Mail does not leave"), f"{text} {since}", url, _("Show servers"))
        case Incident.Kind.SCANNER:
            title = ngettext(
                "%(number)s file waits for the virus scanner",
                "%(number)s files wait for the virus scanner",
                trouble.number,
            )
            text = _("The scanner cannot be reached or gives no answer, or no worker asks it.")
            return Look("shield", title % words, f"{text} {since}", reverse("setup:health"), _("Show system health"))
    account = trouble.account
    title = _("The mailbox %(name)s has not been read for too long") % {"name": account}
    text = _("Its mail stays on its server meanwhile.")
    url = reverse("setup:account", args=[account.pk]) if account else reverse("setup:accounts")
    return Look("mail", title, f"{text} {since}", url, _("Show the mailbox"))
