"""What processes tell by the bell (settings.HAPPENINGS): a step waits for somebody, a run cannot go on.

Whom an event names was settled when it was recorded; who may not read the ticket hears nothing here, and decides by the
letter that asks for it.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from accounts.models import User
from automation.notices.happenings import Happening
from automation.notices.occasions import ASKED, FREE, OWNER, QUEUE, RESPONSIBLE
from processes import sentences
from processes.models import Task
from processes.people import MOST
from tickets.models import Event

# Of a task of many, those who are told by what they have to do with the ticket.
_RELATIONS: Mapping[str, Sequence[str]] = {
    Task.Audience.OWNER: (OWNER,),
    Task.Audience.QUEUE: (OWNER, FREE, QUEUE),
}


def told_of(task: Task, approvers: Iterable[User] = ()) -> dict[str, Any]:
    """Who is to hear of a task, as it stands in the event that asks for it."""
    people = [task.user] if task.user else [*approvers]
    if task.role:
        people = list(User.objects.agents().filter(groups=task.role.group_id).order_by("name", "pk")[:MOST])
    return {"people": [{"id": person.pk, "name": person.name} for person in people], "audience": str(task.audience)}


def _asked(event: Event) -> list[Happening]:
    named = [person["id"] for person in _now(event, "people") or ()]
    relations = _RELATIONS.get(str(_now(event, "audience")), ())
    return [Happening("asked", relations, {ASKED: named} if named else {})]


def _passed_on(event: Event) -> list[Happening]:
    to = _now(event, "to")
    return [Happening("asked", (), {ASKED: [to["id"]]})] if to else []


def _freed(_event: Event) -> list[Happening]:
    return [Happening("asked", _RELATIONS[Task.Audience.QUEUE])]


def _stuck(_event: Event) -> list[Happening]:
    return [Happening("stuck", (OWNER, RESPONSIBLE, FREE, QUEUE))]


def _now(event: Event, name: str) -> Any:
    return (event.data.get(name) or {}).get("now")


PROCESS_HAPPENINGS = {
    sentences.ASKED: _asked,
    sentences.DELEGATED: _passed_on,
    sentences.HANDED: _passed_on,
    sentences.FREED: _freed,
    sentences.STUCK: _stuck,
}
