"""Where the desk begins: the agent's own work, what is urgent, how much the team has, what happened last."""

from collections.abc import Container
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from automation.availability import resting_among, set_available
from automation.notices.bell import unread
from core.moments import full_day
from tickets.guidance import answered_again, held_by, waiting_for
from tickets.models import Ticket
from tickets.overview import COUNTED, Load, latest_for, load_of_team, urgent_for
from tickets.sentences import icon_of, sentence_of
from tickets.views import VIEW, counted, tickets_in
from web.common.access import agent_required
from web.common.bell import badge
from web.desk.deadlines import with_deadlines
from web.desk.people import absences, capped

# The built-in views that are counted on top, and what follows in its own column.
FIGURES = ("mine", "unassigned", "new", "due", "reminder")
# The longest bar, where nobody has more.
FULL = 20


@dataclass(frozen=True)
class Figure:
    label: str | Promise
    number: str
    url: str
    icon: str


@require_POST
@agent_required
def available(request: HttpRequest) -> HttpResponse:
    """The agent's own switch: new tickets, or none for now."""
    set_available(request.user, is_available=request.POST.get("to") == "on")
    return redirect("desk:home")


@require_safe
@agent_required
def dashboard(request: HttpRequest) -> HttpResponse:
    """For htmx what changes by itself; the page around it stays."""
    agent = request.user
    guided = (held_by(agent), waiting_for(agent))
    *numbers, held, waiting, told = counted(
        [*(tickets_in(VIEW[key], agent) for key in FIGURES), *guided, unread(agent)]
    )
    urgent = with_deadlines(urgent_for(agent))
    answered = answered_again(urgent)
    context: dict[str, Any] = {
        "section": "start",
        "bell": {"badge": badge(told)},
        "day": full_day(timezone.now()),
        "figures": [_figure(key, number) for key, number in zip(FIGURES, numbers, strict=True)],
        "waiting": capped(held + waiting) if held or waiting else "",
        "urgent": [(ticket, _why(ticket, answered)) for ticket in urgent],
        **_team(agent),
        "latest": [(event, sentence_of(event), icon_of(event)) for event in latest_for(agent)],
    }
    return render(request, "desk/dashboard.html#news" if request.htmx else "desk/dashboard.html", context)


def _figure(key: str, number: int) -> Figure:
    view = VIEW[key]
    return Figure(view.title, capped(number), reverse("desk:view", args=[key]), view.icon)


def _why(ticket: Ticket, answered: Container[int]) -> str:
    """What makes it urgent beside its deadline, which has a chip, in words."""
    if ticket.owner_id is None:
        return _("Nobody has it.")
    return _("The customer has answered.") if ticket.pk in answered else _("It is yours.")


def _team(agent: User) -> dict[str, Any]:
    """Bars in per cent of the longest, and whether the agent takes new tickets."""
    start_of_day = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    loads = load_of_team(agent, since=start_of_day)
    people = [load.person for load in loads]
    resting = resting_among([*people, agent])
    away = absences(people, resting)
    longest = max([FULL, *(load.all for load in loads)])
    team = [_bar(load, longest) | {"away": away.get(load.person.pk, "")} for load in loads]
    return {"team": team, "is_available": agent.pk not in resting}


def _bar(load: Load, longest: int) -> dict[str, Any]:
    working, waiting = (round(100 * number / longest) for number in (load.open, load.waiting))
    return {
        "load": load,
        "open": f"{COUNTED}+" if load.all >= COUNTED else str(load.open),
        "working": working,
        "waiting": waiting,
    }
