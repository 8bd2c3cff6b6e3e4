"""What administrators are told of trouble with mail: a subject per kind, one body, and where to look."""

from collections.abc import Callable, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from accounts.models import User
from core.links import absolute
from core.moments import moment
from core.text import clean_line
from mail.models import Incident
from mail.texts import Text, fill

SUBJECTS: Mapping[str, str | Promise] = {
    Incident.Kind.WAITING: _("Mail that came in is not being dealt with"),
    Incident.Kind.QUARANTINE: _("Mail waits in quarantine"),
    Incident.Kind.ACCOUNT: _("The mailbox {{ mailbox }} cannot be read"),
    Incident.Kind.SPOOL: _("Mail waits in files for the database"),
    Incident.Kind.SENDING: _("Mail does not leave"),
    Incident.Kind.SCANNER: _("Files wait for the virus scanner"),
}
REASONS: Mapping[str, str | Promise] = {
    Incident.Kind.WAITING: _(
        "Messages: {{ number }}. They are stored and not lost, but nothing has come of them yet. Look whether a worker "
        "runs, and what the last error says."
    ),
    Incident.Kind.QUARANTINE: _(
        "Messages that have been there for more than 15 minutes: {{ number }}. They could not become tickets by "
        "themselves, or a storm of mail keeps them. Each says why, and what can be done."
    ),
    Incident.Kind.ACCOUNT: _(
        "No visit to it has succeeded for too long. Mail stays on its server meanwhile. The page of the mailbox says "
        "what the server answered."
    ),
    Incident.Kind.SPOOL: _(
        "Messages: {{ number }}. The database could not be reached when they came. They are taken in as soon as a "
        "worker sees the folder and the database."
    ),
    Incident.Kind.SENDING: _(
        "Messages that wait: {{ number }}. A mail server takes nothing, or no worker sends. Nothing is lost, each "
        "message is tried again for five days. The page of the servers says what they answered."
    ),
    Incident.Kind.SCANNER: _(
        "Files: {{ number }}. The scanner cannot be reached or gives no answer, or no worker asks it. The messages "
        "they belong to are on their tickets. They are checked as soon as the scanner answers."
    ),
}
BODY = _(
    "Hello,\n"
    "\n"
    "{{ subject }}, since {{ since }}.\n"
    "\n"
    "{{ reason }}\n"
    "\n"
    "{{ link }}\n"
    "\n"
    "You get one message about this. It comes again only after everything was all right for an hour.\n"
)


def words_of(incident: Incident, person: User, *, language: str) -> tuple[str, str]:
    """Subject and body for an administrator, in the reader's language and zone."""
    mailbox = clean_line(incident.account.name) if incident.account else ""
    facts: dict[str, Any] = {"number": incident.number, "mailbox": mailbox}
    with timezone.override(ZoneInfo(person.time_zone or settings.TIME_ZONE)), override(language):
        facts["since"] = moment(incident.since)
    subject, reason = fill(Text(SUBJECTS[incident.kind], REASONS[incident.kind]), language, **facts)
    subject = subject.replace("{{ mailbox }}", mailbox)
    place = PLACES[Incident.Kind(incident.kind)](incident)
    return fill(Text(subject, BODY), language, subject=subject, reason=reason, link=absolute(place), **facts)


PLACES: Mapping[Incident.Kind, Callable[[Incident], str]] = {
    Incident.Kind.WAITING: lambda _incident: "/admin/email/incoming/?state=received",
    Incident.Kind.QUARANTINE: lambda _incident: "/admin/email/incoming/?state=quarantined",
    Incident.Kind.ACCOUNT: lambda incident: f"/admin/email/accounts/{incident.account_id}/",
    Incident.Kind.SPOOL: lambda _incident: "/admin/health/",
    Incident.Kind.SENDING: lambda _incident: "/admin/email/servers/",
    Incident.Kind.SCANNER: lambda _incident: "/admin/health/",
}
