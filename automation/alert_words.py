"""What people read about alerts: on the ticket, and in the list of posts."""

from collections.abc import Mapping
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from automation.alert_reading import Reading
from core.moments import moment

SEVERITIES: Mapping[str, str | Promise] = {
    "critical": pgettext_lazy("severity", "critical"),
    "high": pgettext_lazy("severity", "high"),
    "warning": pgettext_lazy("severity", "warning"),
    "info": pgettext_lazy("severity", "information"),
}
OUTCOMES: Mapping[str, str | Promise] = {
    "opened": gettext_lazy("new ticket"),
    "again": gettext_lazy("fires again"),
    "changed": gettext_lazy("changed"),
    "repeated": gettext_lazy("known already"),
    "over": gettext_lazy("over"),
    "closed": gettext_lazy("over, ticket closed"),
    "waits": gettext_lazy("over, ticket waits to be closed"),
    "flapping": gettext_lazy("comes and goes, only counted"),
    "remark": gettext_lazy("note added"),
    "late": gettext_lazy("older than what is known"),
    "nothing": gettext_lazy("nothing to do"),
}


def opening(reading: Reading, source: str) -> str:
    head = _("%(source)s reports: %(title)s") % {"source": source, "title": reading.title}
    return _joined(head, reading.text, _severity(reading.severity), reading.link)


def again(reading: Reading) -> str:
    return _joined(_("It fires again."), reading.text, _severity(reading.severity), reading.link)


def over() -> str:
    return _("It is over.")


def changed(reading: Reading, *, was: str) -> str:
    head = _("The report has changed.")
    if was != reading.severity:
        words = {"was": severity(was), "now": severity(reading.severity)}
        head = _("The severity has changed from “%(was)s” to “%(now)s”.") % words
    return _joined(head, reading.title, reading.text, reading.link)


def remark(reading: Reading) -> str:
    return _joined(reading.title, reading.text, reading.link)


def flapping(number: int) -> str:
    words = ngettext(
        "It comes and goes: it has changed %(number)s time within half an hour.",
        "It comes and goes: it has changed %(number)s times within half an hour.",
        number,
    )
    rest = _("Further changes are only counted until it has been calm for a while.")
    return _joined(words % {"number": number}, rest)


def calm(number: int, *, since: datetime, is_over: bool) -> str:
    words = ngettext(
        "It is calm again. It changed %(number)s more time after %(since)s.",
        "It is calm again. It changed %(number)s more times after %(since)s.",
        number,
    )
    state = _("It is over.") if is_over else _("It is still firing.")
    return _joined(words % {"number": number, "since": moment(since)}, state)


def severity(name: str) -> str:
    return str(SEVERITIES.get(name) or _("not given"))


def outcome(code: str) -> str:
    return str(OUTCOMES.get(code, code))


def _severity(name: str) -> str:
    return _("Severity: %(severity)s") % {"severity": severity(name)} if name else ""


def _joined(*parts: str) -> str:
    return "\n\n".join(part for part in parts if part)
