"""One rule at one event: its effects, and the trace of all of it, in one transaction.

So after a crash either the run is there with everything it did, or nothing is and it is run again: an effect happens
exactly once (one run per event and rule). Effects write rows only; what leaves the house leaves by work rows.
"""

import logging
import time
from collections.abc import Mapping, Sequence
from typing import Any

from celery.exceptions import SoftTimeLimitExceeded
from django.db import transaction

from accounts.people import system_actor
from automation.chains import root_of
from automation.conditions import outcome
from automation.effects import Context, Refused, do_effect
from automation.models import EffectRun, RuleOnce, RuleRun
from automation.models.rule import outcome_of
from automation.moments import Moment
from automation.rulebook import Entry
from core.clock import now
from tickets.changes import locked
from tickets.events import Cause, TooDeep, record
from tickets.models import Event, Ticket

log = logging.getLogger(__name__)

# So many runs may follow from one event, all its consequences together: more is a loop that does not go round in a
# circle but spreads out.
MOST_RUNS = 200
STOPPED = "rule.stopped"
_CUT = 200

Result = dict[str, Any]


def run_rule(entry: Entry, moment: Moment) -> RuleRun | None:
    """Do what the rule says, once per event, and once per ticket where it is to be so; None when it has been done."""
    begun, event = time.perf_counter(), moment.event
    with transaction.atomic():
        if entry.once and not _is_first(entry, event):
            return None
        held, root = outcome(entry.node, moment), root_of(event)
        run = _new_run(entry, event, root, held)
        if event.cause_event_id is not None and _spreads(root):
            _stop(run, event, "many")
            run.effects = [_said(values, "stopped", code="deep") for values in entry.effects]
        else:
            run.effects = do_effects(entry.effects, moment.ticket, context_of(entry.pk, event), run)
        run.outcome = outcome_of([each["result"] for each in run.effects])
        run.milliseconds = round((time.perf_counter() - begun) * 1000, 2)
        run.save(update_fields=["effects", "outcome", "milliseconds"])
    return run


def do_effects(
    effects: Sequence[Mapping[str, Any]], ticket: Ticket, context: Context, run: RuleRun
) -> Sequence[Result]:
    """Each in its order; one that fails fails alone, is undone and tried again later."""
    results = []
    for place, values in enumerate(effects):
        try:
            with transaction.atomic():
                made = do_effect(values, ticket, context)
        except Refused as refused:
            results.append(_said(values, "refused", code=refused.code))
        except TooDeep:
            _stop(run, context.event, "deep")
            results.append(_said(values, "stopped", code="deep"))
        except SoftTimeLimitExceeded:
            raise
        except Exception as error:
            log.exception("effect %s of rule %s failed", place, run.rule_id)
            _try_again_later(run, place, values, error)
            results.append(_said(values, "waiting", code="error"))
        else:
            results.append(_said(values, "done", event=made.pk) if made else _said(values, "nothing"))
    return results


def context_of(rule: int | None, event: Event) -> Context:
    return Context(system_actor("rules"), Cause("rule", str(rule or ""), event=event), event)


def retry(row: EffectRun) -> None:
    """An effect that went wrong, once more; for `run_inside`. What is refused now will not get better by itself."""
    run = RuleRun.objects.select_related("ticket", "event").get(pk=row.run_id)
    said: Result
    try:
        with transaction.atomic():
            made = do_effect(row.effect, run.ticket, context_of(run.rule_id, run.event))
        said = {"result": "done", "event": made.pk, "code": ""} if made else {"result": "nothing", "code": ""}
    except Refused as refused:
        said = {"result": "refused", "code": refused.code}
    except TooDeep:
        _stop(run, run.event, "deep")
        said = {"result": "stopped", "code": "deep"}
    run.note_effect(row.place, **said)


def _is_first(entry: Entry, event: Event) -> bool:
    assert entry.pk is not None  # one that is only tried is stopped by whoever tries it
    _mark, made = RuleOnce.objects.get_or_create(
        rule_id=entry.pk, ticket_id=event.ticket_id, defaults={"event_id": event.pk}
    )
    return made


def _new_run(entry: Entry, event: Event, root: int, held: dict[str, Any]) -> RuleRun:
    return RuleRun.objects.create(
        rule_id=entry.pk,
        rule_name=entry.name,
        ticket_id=event.ticket_id,
        event=event,
        position=entry.position,
        outcome=RuleRun.Outcome.NOTHING,
        conditions=held,
        root_id=root,
        depth=event.depth,
        stopped_others=entry.stops,
        at=now(),
    )


def _spreads(root: int) -> bool:
    return RuleRun.objects.filter(root_id=root).count() > MOST_RUNS


def _stop(run: RuleRun, event: Event | None, why: str) -> None:
    """Say on the ticket that a loop was stopped here; once for each chain and ticket."""
    assert event is not None
    said = RuleRun.objects.filter(root_id=run.root_id, ticket=run.ticket_id, outcome=RuleRun.Outcome.STOPPED)
    if said.exclude(pk=run.pk).exists() or run.outcome == RuleRun.Outcome.STOPPED:
        return
    run.outcome = RuleRun.Outcome.STOPPED
    cause = Cause("rule", str(run.rule_id or ""), event=event.cause_event)
    data = {"rule": {"id": run.rule_id, "name": run.rule_name}, "why": why, "event": event.pk}
    with locked(run.ticket) as ticket:
        plain = {name: {"was": None, "now": value} for name, value in data.items()}
        record(ticket, STOPPED, by=system_actor("rules"), cause=cause, data=plain)


def _try_again_later(run: RuleRun, place: int, values: Mapping[str, Any], error: Exception) -> None:
    row = EffectRun(run=run, place=place, effect=values)
    row.fail(f"{type(error).__name__}: {error}")
    row.save()


def _said(values: Mapping[str, Any], result: str, **more: Any) -> Result:
    kept = {
        name: f"{value[:_CUT]}…" if isinstance(value, str) and len(value) > _CUT else value
        for name, value in values.items()
    }
    return {"effect": kept, "result": result, **more}
