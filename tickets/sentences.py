"""What an event says to a reader: a sentence in the reader's language, an icon, and nothing a customer may not know."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from django.conf import settings
from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django.utils.translation import gettext, ngettext, pgettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from core.moments import moment
from tickets.customfields import labels
from tickets.models import Event, Level
from tickets.models.link import link_words
from tickets.models.queue import place

Words = dict[str, str]


@dataclass(frozen=True)
class Sentence:
    """`text` has the placeholders %(actor)s and what `words` adds. `public`: a customer may read it in the portal."""

    text: str | Promise
    icon: str
    words: Callable[[Event], Words] = lambda _event: {}
    public: bool = False


def sentence_of(event: Event) -> str:
    """The whole sentence, plain text, in the active language."""
    sentence = known_sentences().get(event.kind, UNKNOWN)
    return str(sentence.text) % {"actor": actor_name(event), "kind": event.kind, **sentence.words(event)}


def icon_of(event: Event) -> str:
    return known_sentences().get(event.kind, UNKNOWN).icon


def cause_of(event: Event) -> str:
    """By which way it happened, for the history: "by mail 17", "by the interface, token deploy" ..."""
    words = CAUSES.get(f"{event.cause_kind} {event.cause_reference}") or CAUSES.get(event.cause_kind)
    return str(words) % {"reference": event.cause_reference} if words else event.cause_kind


def actor_name(event: Event) -> str:
    if event.actor.is_system:
        return gettext("Helpdesk")
    if event.on_behalf_of_id:
        return pgettext("actor", "%(actor)s for %(other)s") % {"actor": event.actor, "other": event.on_behalf_of}
    return str(event.actor)


@cache
def known_sentences() -> Mapping[str, Sentence]:
    sentences: dict[str, Sentence] = {}
    for source in settings.SENTENCES:
        sentences |= import_string(source)
    return sentences


def now_name(event: Event, field: str) -> str:
    """The new value of a field as people read it."""
    return shown(event.data.get(field, {}).get("now"))


def shown(value: Any) -> str:
    """A value of the history as text: names of stock rows are translated, nothing is a dash."""
    if isinstance(value, dict):
        return gettext(value["name"]) if value.get("name") else "–"
    if isinstance(value, list):
        return ", ".join(str(item) for item in value) or "–"
    return "–" if value in (None, "") else str(value)


def _infected(event: Event) -> Words:
    return {"file": now_name(event, "file"), "found": now_name(event, "found")}


def _owner(event: Event) -> Words:
    now = event.data["owner"]["now"]
    if now is None:
        return {"change": gettext("gave it back, nobody works it now")}
    if now["id"] == event.actor_id:
        return {"change": gettext("took the ticket")}
    return {"change": gettext("assigned it to %(owner)s") % {"owner": now["name"]}}


def _responsible(event: Event) -> Words:
    return {"responsible": now_name(event, "responsible") if event.data["responsible"]["now"] else gettext("nobody")}


def _moved(event: Event) -> Words:
    return {name: place(queue) for name, queue in _both("queue")(event).items()}


def _state(event: Event) -> Words:
    until = event.data.get("pending_until", {}).get("now")
    if until is None:
        return {"change": gettext("set the status to “%(state)s”") % {"state": now_name(event, "state")}}
    time = moment(datetime.fromisoformat(until))
    if "state" not in event.data:
        return {"change": gettext("put it off until %(time)s") % {"time": time}}
    words = {"state": now_name(event, "state"), "time": time}
    return {"change": gettext("set the status to “%(state)s” until %(time)s") % words}


def _closed(event: Event) -> Words:
    return {"state": now_name(event, "state")}


def _both(field: str) -> Callable[[Event], Words]:
    return lambda event: {"was": shown(event.data[field]["was"]), "now": shown(event.data[field]["now"])}


def _service(event: Event) -> Words:
    was, now = event.data["service"]["was"], event.data["service"]["now"]
    if now is None:
        return {"change": gettext("took the service %(was)s away") % {"was": place(was["name"])}}
    return {"change": gettext("set the service to %(now)s") % {"now": place(now["name"])}}


def _link(event: Event) -> Words:
    other = event.data["link"]["now"] or event.data["link"]["was"]
    return {"number": other["name"], "kind": str(link_words(other["kind"]))}


def _watching(event: Event) -> Words:
    was, now = event.data["watcher"]["was"], event.data["watcher"]["now"]
    if (was or now)["id"] == event.actor_id:
        return {"change": gettext("watches it") if now else gettext("no longer watches it")}
    if now:
        return {"change": gettext("added %(person)s as a watcher") % {"person": now["name"]}}
    return {"change": gettext("removed %(person)s as a watcher") % {"person": was["name"]}}


def _participant(event: Event) -> Words:
    was, now = event.data["participant"]["was"], event.data["participant"]["now"]
    if was and was["id"] == event.actor_id:
        return {"change": gettext("is no longer in copy")}
    if now:
        return {"change": gettext("put %(person)s in copy") % {"person": now["name"]}}
    return {"change": gettext("took %(person)s out of copy") % {"person": was["name"]}}


def _revoked(event: Event) -> Words:
    return {"address": event.data["link"]["was"]["name"]}


def _lock(event: Event) -> Words:
    if not event.data.get("is_locked", {}).get("now"):
        return {"change": gettext("unlocked it")}
    return {"change": gettext("took it and locked it") if "owner" in event.data else gettext("locked it")}


def _restored(event: Event) -> Words:
    return {"change": gettext("said that it is not spam") if "queue" in event.data else gettext("restored it")}


def _steps(event: Event) -> Words:
    return {"steps": shown(event.data["steps"]["now"] or event.data["steps"]["was"])}


def _time(event: Event) -> Words:
    minutes = event.data["time_spent"]["now"] - event.data["time_spent"]["was"]
    if minutes < 0:
        text = ngettext("took %(minutes)s minute of work back", "took %(minutes)s minutes of work back", -minutes)
        return {"change": text % {"minutes": -minutes}}
    text = ngettext("worked %(minutes)s minute on it", "worked %(minutes)s minutes on it", minutes)
    return {"change": text % {"minutes": minutes}}


def _rating(event: Event) -> Words:
    """Only what has changed: one of the two may have stayed, and the priority with it."""
    said = [
        str(words) % {"level": Level(level).label if (level := event.data[name]["now"]) else "–"}
        for name, words in RATED.items()
        if name in event.data
    ]
    if "priority" in event.data:
        said.append(gettext("priority %(name)s") % {"name": now_name(event, "priority")})
    return {"rating": ", ".join(said)}


def _article(event: Event) -> Words:
    article = event.article
    if article is None:
        return {"action": str(ARTICLE)}
    if (article.channel, article.sender) == ("phone", "customer") and event.actor.is_agent:
        return {"action": gettext("noted a call from the customer")}
    return {"action": str(ARTICLES.get((article.channel, article.sender), ARTICLE))}


def _fields(event: Event) -> Words:
    change = event.data["custom_fields"]
    was, now = change["was"] or {}, change["now"] or {}
    names = labels()
    keys = sorted(key for key in {*was, *now} if was.get(key) != now.get(key))
    return {"fields": ", ".join(f"{names.get(key, key)} = {shown(now.get(key))}" for key in keys)}


UNKNOWN = Sentence(_("%(actor)s: %(kind)s"), "info")

RATED = {"impact": _("impact %(level)s"), "urgency": _("urgency %(level)s")}

ARTICLE = _("wrote")
ARTICLES = {
    ("email", "agent"): _("answered by email"),
    ("email", "customer"): _("wrote an email"),
    ("email", "system"): _("sent an automatic email"),
    ("note", "agent"): _("added an internal note"),
    ("phone", "agent"): _("noted a call"),
    ("phone", "customer"): _("called"),
    ("web", "customer"): _("wrote through the portal"),
    ("web", "agent"): _("wrote through the portal"),
}

TICKET_SENTENCES = {
    "ticket.created": Sentence(_("%(actor)s opened the ticket"), "plus", public=True),
    "article.added": Sentence(_("%(actor)s %(action)s"), "mail", _article),
    "article.refused": Sentence(_("%(actor)s wrote to the closed ticket and was told that it is closed"), "warn"),
    "article.held": Sentence(_("A message could not be proven to come from its sender and is kept as a note"), "warn"),
    "article.reworded": Sentence(_("%(actor)s had a message read again, and it reads differently now"), "edit"),
    "article.infected": Sentence(
        _("The virus scanner found %(found)s in the file “%(file)s”, which is not given out"), "warn", _infected
    ),
    "owner.changed": Sentence(_("%(actor)s %(change)s"), "user-plus", _owner),
    "responsible.changed": Sentence(_("%(actor)s made %(responsible)s responsible"), "shield-check", _responsible),
    "queue.changed": Sentence(_("%(actor)s moved it from %(was)s to %(now)s"), "layers", _moved),
    "state.changed": Sentence(_("%(actor)s %(change)s"), "check-circle", _state),
    "ticket.closed": Sentence(_("%(actor)s closed it as “%(state)s”"), "check-circle", _closed, public=True),
    "ticket.reopened": Sentence(_("%(actor)s reopened it"), "undo", public=True),
    "ticket.continued": Sentence(_("The conversation goes on in #%(now)s"), "arrow-r", _both("continued_in")),
    "ticket.merged": Sentence(_("%(actor)s merged it into #%(now)s"), "merge", _both("merged_into"), public=True),
    "ticket.unmerged": Sentence(_("%(actor)s undid the merge into #%(was)s"), "undo", _both("merged_into")),
    "ticket.absorbed": Sentence(_("%(actor)s merged #%(now)s into this ticket"), "merge", _both("absorbed")),
    "ticket.released": Sentence(_("%(actor)s took #%(was)s out of this ticket again"), "undo", _both("absorbed")),
    "ticket.trashed": Sentence(_("%(actor)s moved it to the trash"), "trash"),
    "ticket.spam": Sentence(_("%(actor)s marked it as spam"), "ban"),
    "ticket.restored": Sentence(_("%(actor)s %(change)s"), "undo", _restored),
    "article.taken_back": Sentence(_("%(actor)s took a message back before it was sent"), "undo"),
    "link.added": Sentence(_("%(actor)s linked it with #%(number)s: %(kind)s"), "link", _link),
    "link.removed": Sentence(_("%(actor)s removed the link with #%(number)s: %(kind)s"), "link", _link),
    "watcher.added": Sentence(_("%(actor)s %(change)s"), "eye", _watching),
    "watcher.removed": Sentence(_("%(actor)s %(change)s"), "eye", _watching),
    "participant.added": Sentence(_("%(actor)s %(change)s"), "user-plus", _participant),
    "participant.removed": Sentence(_("%(actor)s %(change)s"), "user", _participant),
    "link.revoked": Sentence(_("%(actor)s revoked the link sent to %(address)s"), "ban", _revoked),
    "lock.changed": Sentence(_("%(actor)s %(change)s"), "lock", _lock),
    "checklist.added": Sentence(_("%(actor)s added to the checklist: %(steps)s"), "check-circle", _steps),
    "checklist.removed": Sentence(_("%(actor)s removed from the checklist: %(steps)s"), "check-circle", _steps),
    "checklist.moved": Sentence(_("%(actor)s moved a step of the checklist: %(steps)s"), "check-circle", _steps),
    "checklist.done": Sentence(_("%(actor)s ticked off: %(steps)s"), "check-circle", _steps),
    "checklist.undone": Sentence(_("%(actor)s reopened the step: %(steps)s"), "check-circle", _steps),
    "time.changed": Sentence(_("%(actor)s %(change)s"), "clock", _time),
    "rating.changed": Sentence(_("%(actor)s rated it: %(rating)s"), "flag", _rating),
    "pending.reached": Sentence(_("The waiting time is over"), "bell"),
    "priority.changed": Sentence(
        _("%(actor)s changed the priority from %(was)s to %(now)s"), "flag", _both("priority")
    ),
    "title.changed": Sentence(_("%(actor)s renamed it from “%(was)s” to “%(now)s”"), "edit", _both("title")),
    "type.changed": Sentence(_("%(actor)s changed the type from %(was)s to %(now)s"), "tag", _both("type")),
    "service.changed": Sentence(_("%(actor)s %(change)s"), "package", _service),
    "ticket.imported": Sentence(
        _("%(actor)s imported it; its number was %(number)s"),
        "upload",
        lambda event: {"number": now_name(event, "former_number")},
    ),
    "customer.changed": Sentence(
        _("%(actor)s changed the customer from %(was)s to %(now)s"), "user", _both("customer")
    ),
    "tags.changed": Sentence(_("%(actor)s changed the tags from %(was)s to %(now)s"), "tag", _both("tags")),
    "fields.changed": Sentence(_("%(actor)s set %(fields)s"), "edit", _fields),
}

CAUSES = {
    "desk": pgettext_lazy("cause", "in the desk"),
    "setup": pgettext_lazy("cause", "by a change of the settings"),
    "portal": pgettext_lazy("cause", "in the portal"),
    "mail": pgettext_lazy("cause", "by mail no. %(reference)s"),
    "link": pgettext_lazy("cause", "by the link in an email, without signing in"),
    "token": pgettext_lazy("cause", "by the interface with the token %(reference)s"),
    "otrs": pgettext_lazy("cause", "by the interface for OTRS clients"),
    "clock": pgettext_lazy("cause", "because the time had come"),
    "automatic": pgettext_lazy("cause", "automatic reply"),
    "command": pgettext_lazy("cause", "by a command"),
    "sla": pgettext_lazy("cause", "because of the conditions of the SLAs"),
    "rule": pgettext_lazy("cause", "by rule no. %(reference)s"),
    "schedule": pgettext_lazy("cause", "by schedule no. %(reference)s"),
    "macro": pgettext_lazy("cause", "by macro no. %(reference)s"),
    "alert": pgettext_lazy("cause", "by the alert source %(reference)s"),
    "assignment": pgettext_lazy("cause", "as the queue gives its tickets"),
    "absence": pgettext_lazy("cause", "because of an absence"),
    "survey": pgettext_lazy("cause", "by the survey"),
    "approval": pgettext_lazy("cause", "as an approver"),
    "approval desk": pgettext_lazy("cause", "as an approver, in the desk"),
    "approval portal": pgettext_lazy("cause", "as an approver, in the portal"),
    "approval link": pgettext_lazy("cause", "as an approver, by the link in an email, without signing in"),
    "approval mail": pgettext_lazy("cause", "as an approver, by mail"),
    "process": pgettext_lazy("cause", "by the process run no. %(reference)s"),
    "web form": pgettext_lazy("cause", "by the web form no. %(reference)s"),
    "scanner": pgettext_lazy("cause", "by the virus scanner"),
    "taken back": pgettext_lazy("cause", "with a message that was taken back"),
    "demo": pgettext_lazy("cause", "in the demo world"),
    "import": pgettext_lazy("cause", "by the import no. %(reference)s"),
}
