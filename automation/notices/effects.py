"""The effect "notify" of rules, schedules, macros and alerts: tell people of a ticket in words of one's own.

It is an event of the ticket, so the history shows who was told what, and each is told once
(automation/notices/making.py).
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts.models import Role, User
from automation.effects import Ask, Context, Effect, Refused, Values
from automation.naming import name_of
from automation.notices.occasions import Channel, Text
from automation.notices.people import workers
from core.liquid import TemplateError, render
from core.text import clean_line
from tickets.changes import locked
from tickets.events import record
from tickets.models import Event, Ticket
from tickets.rights import agents_with
from tickets.sentences import Sentence
from tickets.wordings import values as values_for

KIND = "people.told"
MOST_TEXT = 2000

TO: Sequence[tuple[str, Text]] = (
    ("owner", gettext_lazy("Owner")),
    ("responsible", gettext_lazy("Responsible")),
    ("watchers", gettext_lazy("Watchers")),
    ("involved", gettext_lazy("Owner, responsible and watchers")),
    ("queue", gettext_lazy("Agents of the queue")),
)
BY: Mapping[str, tuple[Text, Sequence[str]]] = {
    "both": (pgettext_lazy("notices", "Bell and email"), (Channel.BELL.value, Channel.MAIL.value)),
    "bell": (pgettext_lazy("notices", "Bell"), (Channel.BELL.value,)),
    "mail": (pgettext_lazy("notices", "Email"), (Channel.MAIL.value,)),
    "webhook": (pgettext_lazy("notices", "Webhook"), (Channel.WEBHOOK.value,)),
}


def _notify(ticket: Ticket, values: Values, context: Context) -> Event | None:
    """Only those who may see the ticket; None when nobody is left. Raises `Refused`."""
    people = people_for(ticket, values)
    if not people:
        return None
    try:
        text = clean_line(render(values["text"], values_for(ticket, context.by)), MOST_TEXT)
    except TemplateError as error:
        raise Refused("text") from error
    channels = list(BY.get(str(values.get("by") or "both"), BY["both"])[1])
    data = {
        "people": {"was": None, "now": [{"id": person.pk, "name": str(person)} for person in people]},
        "text": {"was": None, "now": text},
        "channels": {"was": None, "now": channels},
    }
    with locked(ticket) as ticket:
        return record(ticket, KIND, by=context.by, cause=context.cause, data=data)


def people_for(ticket: Ticket, values: Values) -> list[User]:
    """Whom the effect means on this ticket: active agents who may see it, by name."""
    ids: set[int] = set()
    if values.get("to"):
        ids.update(_BY_RELATION[values["to"]](ticket))
    if values.get("role"):
        ids.update(
            Role.objects.filter(pk=values["role"], group__user__isnull=False).values_list("group__user", flat=True)
        )
    if values.get("person"):
        ids.add(values["person"])
    return agents_with("read", ticket.queue, among=ids) if ids else []


def _lacks_people(values: Values) -> tuple[str, str] | None:
    """A role may be left open by a template: then whoever writes the rule is asked for it."""
    if any(values.get(name) for name in ("to", "role", "person")):
        return None
    return ("role" if "role" in values else "to"), _("Say who is told.")


def _mails(ticket: Ticket, values: Values) -> int:
    sends = Channel.MAIL.value in BY.get(str(values.get("by") or "both"), BY["both"])[1]
    return len(people_for(ticket, values)) if sends else 0


def _own(*names: str) -> Callable[[Ticket], set[int]]:
    return lambda ticket: {pk for name in names if (pk := getattr(ticket, f"{name}_id")) is not None}


def _watchers(ticket: Ticket) -> set[int]:
    return set(ticket.watchers.values_list("user_id", flat=True))


_BY_RELATION: Mapping[str, Callable[[Ticket], set[int]]] = {
    "owner": _own("owner"),
    "responsible": _own("responsible"),
    "watchers": _watchers,
    "involved": lambda ticket: _own("owner", "responsible")(ticket) | _watchers(ticket),
    "queue": lambda ticket: {person.pk for person in workers(ticket)},
}


def _sentence(values: Values) -> str:
    named: list[Any] = [label for key, label in TO if key == values.get("to")]
    named += [name_of(kind, values[ask]) for ask, kind in (("role", "role"), ("person", "agent")) if values.get(ask)]
    channel = BY.get(str(values.get("by") or "both"), BY["both"])[0]
    words = {"people": ", ".join(map(str, named)) or _("nobody"), "channel": channel}
    return _("notifies %(people)s (%(channel)s)") % words


def _told(event: Event) -> dict[str, str]:
    people = [person["name"] for person in event.data["people"]["now"]]
    return {"people": ", ".join(people), "text": event.data["text"]["now"]}


NOTICE_EFFECTS = {
    "notify": Effect(
        label=gettext_lazy("Notify"),
        asks=(
            Ask("to", "choice", gettext_lazy("Whom"), required=False, choices=TO),
            Ask("role", "role", gettext_lazy("Everybody with the role"), required=False),
            Ask("person", "agent", gettext_lazy("This person"), required=False),
            Ask(
                "by",
                "choice",
                gettext_lazy("How"),
                required=False,
                choices=[(key, label) for key, (label, _channels) in BY.items()],
            ),
            Ask("text", "liquid", gettext_lazy("Text")),
        ),
        run=_notify,
        sentence=_sentence,
        mails=_mails,
        lacks=_lacks_people,
    )
}
NOTICE_SENTENCES = {KIND: Sentence(gettext_lazy("%(actor)s told %(people)s: %(text)s"), "bell", _told)}
