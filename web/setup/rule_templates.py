"""Rules to start from: each a whole rule that its page shows to be changed; nothing is saved before that."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from automation.effects import known_effects
from automation.models import Rule
from tickets.models import Priority, State, StateType

Effects = list[dict[str, Any]]


@dataclass(frozen=True)
class Template:
    key: str
    icon: str
    name: str | Promise
    about: str | Promise
    events: Sequence[str]
    condition: Callable[[], Mapping[str, Any]]
    effects: Callable[[], Effects]
    options: Mapping[str, bool]

    def made(self) -> Rule:
        """Effects that this installation does not know are left out."""
        effects = [one for one in self.effects() if one["do"] in known_effects()]
        texts = {"name": str(self.name), "description": str(self.about)}
        return Rule(**texts, events=list(self.events), condition=self.condition(), effects=effects, **self.options)


def templates() -> Sequence[Template]:
    return TEMPLATES


def template_named(key: str) -> Template | None:
    return next((one for one in TEMPLATES if one.key == key), None)


def _words(*fields: str, words: Sequence[str]) -> Mapping[str, Any]:
    return {"any": [{"field": field, "contains": word} for word in words for field in fields]}


def _outage() -> Mapping[str, Any]:
    return _words("title", words=[_("outage"), _("is down"), _("not reachable")])


def _to_priority(level: int) -> Effects:
    """The active priority that is nearest to this level, the highest of equals."""
    found = sorted(Priority.objects.active(), key=lambda one: (abs(one.level - level), -one.level))
    return [{"do": "priority", "to": found[0].pk}] if found else []


def _vip() -> Mapping[str, Any]:
    return {"all": [{"field": "organisation", "is": ""}]}


def _closed() -> Effects:
    closed = State.objects.active().filter(type=StateType.CLOSED).order_by("pk").first()
    return [{"do": "close", "to": closed.pk}] if closed else []


def _waited() -> Effects:
    text = _("We have not heard from you since, so we close this request. Just answer when you still need help.")
    return [{"do": "reply", "text": f"{_('Hello {{ customer.first_name }},')}\n\n{text}"}, *_closed()]


def _escalated() -> Effects:
    """Which role hears of it is for the administrator to say."""
    text = _("A target of #{{ ticket.number }} was missed: {{ ticket.title }}")
    return [{"do": "notify", "role": None, "by": "both", "text": text}, *_to_priority(4)]


def _newsletter() -> Mapping[str, Any]:
    words = _words("article.text", "title", words=[_("unsubscribe"), _("newsletter")])
    return {"all": [{"field": "article.channel", "is": "email"}, words]}


TEMPLATES: Sequence[Template] = (
    Template(
        "outage",
        "flame",
        gettext_lazy("Tag outages"),
        gettext_lazy("Requests that speak of an outage get a tag and a high priority."),
        ("opened",),
        _outage,
        lambda: [{"do": "tag", "tags": [_("outage")]}, *_to_priority(4)],
        {},
    ),
    Template(
        "vip",
        "star",
        gettext_lazy("Raise the priority of an important customer"),
        gettext_lazy("Requests of one organisation get a high priority, and a tag to find them by."),
        ("opened",),
        _vip,
        lambda: [*_to_priority(4), {"do": "tag", "tags": ["vip"]}],
        {},
    ),
    Template(
        "silence",
        "hourglass",
        gettext_lazy("Close what got no answer"),
        gettext_lazy("When the waiting time is over and the customer has not written, say so and close the ticket."),
        ("pending_reached",),
        lambda: {"all": [{"field": "state.type", "in": ["pending_reminder", "pending_auto"]}]},
        _waited,
        {"once_per_ticket": False},
    ),
    Template(
        "escalation",
        "bell",
        pgettext_lazy("template of a rule", "Tell a role about escalations"),
        gettext_lazy("When a target of the SLA is missed, a role hears of it and the priority is raised."),
        ("sla_breached", "sla_escalated"),
        dict,
        _escalated,
        {},
    ),
    Template(
        "newsletter",
        "mail",
        gettext_lazy("Mark newsletters"),
        gettext_lazy("Mail that speaks of unsubscribing gets a tag, by which it is found and set aside."),
        ("opened",),
        _newsletter,
        lambda: [{"do": "tag", "tags": [_("newsletter")]}],
        {},
    ),
)
