"""Choosing another ticket, to merge into or to link with: by its number, by words, or among those that lie near."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts.models import User
from tickets.models import ReadMark, Ticket
from tickets.queries import TicketQuerySet
from tickets.search import MAX_QUERY, matching, number_in

SHOWN = 8


def groups_of(targets: TicketQuerySet, ticket: Ticket, *, words: str, agent: User) -> list[dict[str, Any]]:
    """Groups of a picker out of `targets`; its values are numbers."""
    words = words.strip()[:MAX_QUERY]
    if words:
        groups = [(_("Found"), found_among(targets, words))]
    else:
        of_customer = list(_newest(targets.filter(customer=ticket.customer_id)))
        groups = [(_("Of the same customer"), of_customer), (_("Looked at lately"), _seen(targets, of_customer, agent))]
    return [{"label": label, "options": _options(tickets)} for label, tickets in groups if tickets]


def found_among(targets: TicketQuerySet, words: str) -> list[Ticket]:
    """The one with this number, else the newest with these words."""
    number = number_in(words)
    named = list(targets.filter(number=number).select_related("state")) if number else []
    return named or list(_newest(matching(targets, words)))


def chosen_other(request: HttpRequest, targets: TicketQuerySet, name: str) -> Ticket | None:
    """What the form names: a number, or without script the words that find exactly one."""
    with_facts = targets.select_related("state", "customer", "queue")
    number = request.POST.get(name) or request.GET.get(name) or ""
    if number:
        return with_facts.filter(number=number_in(number) or number[:40]).first()
    words = request.POST.get("q", "").strip()[:MAX_QUERY]
    found = found_among(targets, words) if words else []
    return with_facts.get(pk=found[0].pk) if len(found) == 1 else None


def _newest(tickets: TicketQuerySet) -> TicketQuerySet:
    return tickets.select_related("state").order_by("-changed_at", "-id")[:SHOWN]


def _seen(targets: TicketQuerySet, shown: Iterable[Ticket], agent: User) -> list[Ticket]:
    """What the agent has read last comes first."""
    lately = ReadMark.objects.filter(user=agent).order_by("-read_at").values_list("ticket", flat=True)[: SHOWN * 3]
    order = {pk: place for place, pk in enumerate(lately)}
    without = [ticket.pk for ticket in shown]
    found = targets.filter(pk__in=order).exclude(pk__in=without).select_related("state")
    return sorted(found, key=lambda ticket: order[ticket.pk])[:SHOWN]


def _options(tickets: Iterable[Ticket]) -> list[dict[str, Any]]:
    return [
        {"value": ticket.number, "label": ticket.title, "hint": f"#{ticket.number}", "state_of": ticket.state}
        for ticket in tickets
    ]
