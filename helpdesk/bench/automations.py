"""Rules: what an event costs while many of them listen, of which none, one and some hold.

All of it is a savepoint, so that the world keeps the rules and tickets it had.
"""

import time
from typing import Any

from django.db import transaction

from accounts.people import system_actor
from automation import rule_handlers
from automation.models import Rule, RuleRun
from automation.rulebook import announce_change, current_rulebook
from helpdesk.bench.dataset import Ground
from helpdesk.bench.measuring import Result, from_times, own_peak
from tickets.actions.fields import set_title
from tickets.models import Event, Ticket

LISTENING = 200
HOLDING = (0, 1, 20)


def rules(ground: Ground) -> list[Result]:
    """One event of a ticket handed to two hundred rules; `holding` says how many of them do something, `computing_ms`
    what an event costs this process without waiting for the database."""
    return [_asked(holding, ground) for holding in HOLDING]


def _asked(holding: int, ground: Ground) -> Result:
    with transaction.atomic():
        Rule.objects.update(status=Rule.Status.PAUSED)
        Rule.objects.bulk_create(_rule(number, holds=number < holding) for number in range(LISTENING))
        announce_change()
        tickets = Ticket.objects.filter(closed_at=None).order_by("-pk")[: ground.repeat]
        events = [_event(ticket) for ticket in tickets]
        current_rulebook()  # each process reads it once
        begun = time.process_time()
        times = [_timed(event) for event in events]
        computing = (time.process_time() - begun) * 1000 / len(events)
        runs = RuleRun.objects.filter(event__in=[event.pk for event in events]).count()
        if runs != holding * len(events):
            raise AssertionError(f"{runs} runs for {len(events)} events")
        transaction.set_rollback(True)
    more = {"rules": LISTENING, "holding": holding, "computing_ms": round(computing, 1)}
    return from_times("rules", times, tickets=ground.tickets, peak_mb=own_peak(), more=more)


def _rule(number: int, *, holds: bool) -> Rule:
    word = "bench" if holds else f"nothing like {number}"
    condition: dict[str, Any] = {
        "all": [
            {"field": "title", "contains": word},
            {"any": [{"field": "state.type", "in": ["new", "open"]}, {"field": "closed", "empty": True}]},
            {"not": {"field": "tags", "contains": f"no {number}"}},
        ]
    }
    effects = [{"do": "tag", "tags": [f"tag {number}"]}]
    return Rule(
        name=f"Bench {number}",
        status=Rule.Status.ACTIVE,
        position=number + 1,
        events=["title", "tags"],
        condition=condition,
        effects=effects,
    )


def _event(ticket: Ticket) -> Event:
    event = set_title(ticket, f"Bench {ticket.number}", by=system_actor("system"))
    assert event is not None
    return Event.objects.select_related("ticket", "article").get(pk=event.pk)


def _timed(event: Event) -> float:
    begun = time.perf_counter()
    rule_handlers.run_rules(event)
    return time.perf_counter() - begun
