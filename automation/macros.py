"""Macros: which ones an agent is offered, and what happens when one is run.

A macro acts as the agent who runs it: each of its effects takes the right that doing it by hand takes, and names only
what that agent may choose. It is done as a whole or not at all.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Q, QuerySet, Value

from accounts.models import User
from automation.effects import Context, Values, do_effect, known_effects
from automation.models import Macro
from core.prepared import prepared
from tickets import options
from tickets.changes import Stale, locked
from tickets.events import Cause
from tickets.guidance import may_choose
from tickets.models import Event, StateType, Ticket
from tickets.models.article import Sender
from tickets.steps import STEPS, Refused, Step
from tickets.undoing import KINDS, steps_back

# What adds to a ticket clashes with nothing that somebody else has changed meanwhile.
ADDS = ("tag", "untag", "watch", "link", "note", "reply")
AWAY = (StateType.MERGED, StateType.REMOVED)


class NotPossible(Refused):
    """One effect of a macro cannot be done, so nothing is; `effect` is that one."""

    def __init__(self, code: str, effect: Values):
        super().__init__(code)
        self.effect = effect


def offered_on(ticket: Ticket, user: User) -> list[Macro]:
    """The macros that `user` may run on this ticket now, in their order; none on what is merged or removed."""
    return [] if ticket.state.type in AWAY else runnable_on(ticket, user)


def runnable_on(ticket: Ticket, user: User) -> list[Macro]:
    """As `offered_on`, also on what is merged or removed: who still has its page open is told why it cannot be."""
    found = _offered_on_tickets(user.pk)
    if any(macro.queue_ids for macro in found):
        near = {*ticket.queue.line}
        found = [macro for macro in found if not macro.queue_ids or near & {*macro.queue_ids}]
    return [macro for macro in found if may_run(macro, ticket, user)]


def offered_in_lists(user: User) -> list[Macro]:
    """The macros for selected tickets; where one cannot be run is said at the ticket."""
    return _offered_in_lists(user.pk)


def may_run(macro: Macro, ticket: Ticket, user: User) -> bool:
    """Whether `user` has the rights that all effects take, as the ticket is now."""
    known = known_effects()
    effects = [known.get(str(values.get("do"))) for values in macro.effects]
    return all(effect is not None and ticket.allows(user, effect.right) for effect in effects)


def run_macro(
    macro: Macro, ticket: Ticket, *, by: User, cause: Cause | None = None, seen: int | None = None
) -> list[Event]:
    """Do all effects in their order; returns what changed, nothing when all was like that already. `cause` is the macro
    where none is given.

    Raises `Refused` on what is merged or removed, `NotPossible` when one of the effects cannot be done, and `Stale`
    when since version `seen` somebody has changed the same, or, for a macro that answers, has written what the customer
    sees: then nothing has changed.
    """
    cause, events = cause or cause_of(macro), []
    with locked(ticket, seen=seen, fields=_fields(macro)) as row:
        if row.state.type in AWAY:
            raise Refused("away")
        if seen is not None and row.version > seen and any(values["do"] == "reply" for values in macro.effects):
            _refuse_if_answered(row, seen)
        for values in macro.effects:
            try:
                event = do_by_hand(values, _fresh(ticket), by=by, cause=cause)
            except Refused as refusal:
                raise NotPossible(refusal.code, values) from refusal
            if event is not None:
                events.append(event)
    return events


def do_by_hand(values: Values, ticket: Ticket, *, by: User, cause: Cause) -> Event | None:
    """One effect as `by` could do it himself. Raises `Refused`."""
    name = str(values.get("do"))
    effect = known_effects().get(name)
    if effect is None:
        raise Refused("unknown")
    if not ticket.allows(by, effect.right):
        raise Refused("right")
    if name in _CHOICES:
        _CHOICES[name](values, ticket, by)
    return do_effect(values, ticket, Context(by=by, cause=cause))


def run_of(event: Event) -> list[Event]:
    """All events of the run of a macro that this one belongs to, oldest first."""
    same = event.ticket.events.filter(transaction=event.transaction, cause_kind="macro", actor=event.actor_id)
    return list(same.filter(cause_reference=event.cause_reference).order_by("version"))


def can_be_undone(events: Sequence[Event]) -> bool:
    """Whether something of a run can be taken back; what was written stays."""
    return any(event.kind in KINDS for event in events)


def steps_of(macro: Macro) -> list[dict[str, Any]]:
    """The macro as steps of a bulk job (tickets/bulk.py), as it is now: a job may run later."""
    queues = list(macro.queues.values_list("pk", flat=True))
    begin = {"do": "macro", "as": "macro", "name": macro.name, "macro": macro.pk, "queues": queues}
    return [begin, *({"do": "effect", "macro": macro.pk, "effect": values} for values in macro.effects)]


def cause_of(macro: Macro) -> Cause:
    return Cause("macro", str(macro.pk))


# ---- steps of a bulk job (settings.STEPS)


def _begin(ticket: Ticket, step: Values, by: User, cause: Cause) -> None:
    """Before the first effect, because one of them may move the ticket."""
    if step["queues"] and not {*ticket.queue.line} & {*step["queues"]}:
        raise Refused("elsewhere")


def _effect(ticket: Ticket, step: Values, by: User, cause: Cause) -> Event | None:
    return do_by_hand(step["effect"], ticket, by=by, cause=Cause("macro", str(step["macro"])))


MACRO_STEPS: Mapping[str, Step] = {"macro": Step("read", _begin), "effect": Step("read", _effect, steps_back)}


# ---- what may be chosen


def _may_move_there(values: Values, ticket: Ticket, by: User) -> None:
    to = values.get("to")
    if to is None or not options.queues_to_move_to(by, ticket).filter(pk=to).exists():
        raise Refused("choice")


def _may_work_it(values: Values, ticket: Ticket, by: User) -> None:
    pk = values.get("to", values.get("who"))
    if pk is not None and pk not in {person.pk for person in options.owners(ticket)}:
        raise Refused("choice")
    if pk == by.pk and values["do"] == "assign":
        _may_take(values, ticket, by)


def _may_take(values: Values, ticket: Ticket, by: User) -> None:
    if not may_choose(by, ticket.queue):
        raise Refused("guided")


def _may_see_it(values: Values, ticket: Ticket, by: User) -> None:
    if not Ticket.objects.allowing(by, "read").filter(number=str(values.get("to"))).exists():
        raise Refused("choice")


_CHOICES = {
    "move": _may_move_there,
    "assign": _may_work_it,
    "responsible": _may_work_it,
    "watch": _may_work_it,
    "take": _may_take,
    "link": _may_see_it,
}


@prepared(int)
def _offered_on_tickets(pk: int) -> QuerySet[Macro]:
    return _offered(pk).filter(on_ticket=True).annotate(queue_ids=_ids("queues")).order_by("position", "pk")


@prepared(int)
def _offered_in_lists(pk: int) -> QuerySet[Macro]:
    return _offered(pk).filter(in_lists=True)


def _offered(pk: int) -> QuerySet[Macro]:
    """Those for the person with this id."""
    mine = Macro.roles.through.objects.filter(group__user=pk).values("macro")
    everybody = ~Q(pk__in=Macro.roles.through.objects.values("macro"))
    return Macro.objects.filter(is_active=True).filter(everybody | Q(pk__in=mine))


def _ids(name: str) -> ArrayAgg:
    return ArrayAgg(name, filter=Q(**{f"{name}__isnull": False}), default=Value([]))


def _fields(macro: Macro) -> set[str]:
    """What of a ticket the macro sets."""
    names = [str(values["do"]) for values in macro.effects]
    known = {"take": ("owner",)} | {name: step.fields for name, step in STEPS.items() if name not in ADDS}
    return {field for name in names for field in known.get(name, ())}


def _refuse_if_answered(ticket: Ticket, seen: int) -> None:
    newer = ticket.events.filter(version__gt=seen, article__visible_to_customer=True)
    said = newer.exclude(article__sender=Sender.SYSTEM).select_related("actor", "article")
    if events := list(said):
        raise Stale(events=events)


def _fresh(ticket: Ticket) -> Ticket:
    return Ticket.objects.select_related("queue", "state").get(pk=ticket.pk)
