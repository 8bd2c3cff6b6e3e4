"""The properties of a ticket, one address each: asked for, it shows what may be chosen; sent, it changes it.

The first object comes through the right on the ticket's queue, the second one from tickets/options.py.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from core.clock import now
from tickets import options, vocabulary
from tickets.actions import fields, progress, routing
from tickets.models import FieldDefinition, StateType, Ticket
from web.common.access import agent_required
from web.common.custom_fields import add_errors, values_of
from web.desk import answers
from web.desk.editors import Editor, choices_of_people, choices_of_rows, editor
from web.desk.forms.properties import CustomField, Tags, Title, Until
from web.desk.tickets import ticket_or_404

Row = TypeVar("Row", bound=Model)
WAIT = timedelta(days=3)

ask_or_change = require_http_methods(["GET", "HEAD", "POST"])


@require_POST
@agent_required
def take(request: HttpRequest, number: str) -> HttpResponse:
    ticket = ticket_or_404(request, number, "owner")
    return answers.change(
        request,
        ticket,
        lambda seen: routing.assign(ticket, request.user, by=request.user, seen=seen),
        done=_("The ticket is yours now."),
    )


@ask_or_change
@agent_required
def owner(request: HttpRequest, number: str) -> HttpResponse:
    ticket = ticket_or_404(request, number, "owner")
    people = options.owners(ticket)
    if request.method != "POST":
        groups = choices_of_people(people, ticket.owner, me=request.user)
        return editor(request, ticket, Editor("owner", _("Agent"), groups=groups))
    return _give(request, ticket, people, "owner")


@ask_or_change
@agent_required
def responsible(request: HttpRequest, number: str) -> HttpResponse:
    ticket = ticket_or_404(request, number, "write")
    people = options.owners(ticket)
    if request.method != "POST":
        groups = choices_of_people(people, ticket.responsible, me=request.user)
        return editor(request, ticket, Editor("responsible", _("Responsible"), groups=groups))
    return _give(request, ticket, people, "responsible")


@ask_or_change
@agent_required
def move(request: HttpRequest, number: str) -> HttpResponse:
    ticket = ticket_or_404(request, number, "write")
    queues = options.queues_to_move_to(request.user, ticket)
    if request.method != "POST":
        groups = choices_of_rows(queues, ticket.queue)
        return editor(request, ticket, Editor("move", _("Queue"), groups=groups))
    target = _chosen(request, "move", queues)
    if target is None:
        return answers.refused(request, ticket, _("You may not move tickets into this queue any more."))
    return answers.change(
        request,
        ticket,
        lambda seen: routing.move(ticket, target, by=request.user, seen=seen),
        done=_("Moved to %(queue)s.") % {"queue": target.name},
    )


@ask_or_change
@agent_required
def state(request: HttpRequest, number: str) -> HttpResponse:
    """A state that waits takes the time of the same form, else three days from now."""
    ticket = ticket_or_404(request, number, "write")
    states = options.states(ticket)
    if request.method != "POST":
        form = Until(initial={"until": ticket.pending_until or now() + WAIT})
        return editor(
            request, ticket, Editor("state", _("Status"), groups=choices_of_rows(states, ticket.state), form=form)
        )
    chosen, form = _chosen(request, "state", states), Until(request.POST)
    if chosen is None:
        return answers.refused(request, ticket, _("This status cannot be chosen any more."))
    if chosen.is_pending and not form.is_valid():
        return answers.refused(request, ticket, " ".join(form.errors["until"]))
    until = (form.cleaned_data["until"] or now() + WAIT) if chosen.is_pending else None
    return answers.change(
        request,
        ticket,
        lambda seen: progress.set_state(ticket, chosen, until=until, by=request.user, seen=seen),
        done=_("The ticket is closed.") if chosen.type == StateType.CLOSED else _("The status is changed."),
    )


@require_POST
@agent_required
def close(request: HttpRequest, number: str) -> HttpResponse:
    ticket = ticket_or_404(request, number, "write")
    closed = vocabulary.first_state(StateType.CLOSED)
    return answers.change(
        request,
        ticket,
        lambda seen: progress.set_state(ticket, closed, by=request.user, seen=seen),
        done=_("The ticket is closed."),
    )


@ask_or_change
@agent_required
def priority(request: HttpRequest, number: str) -> HttpResponse:
    ticket = ticket_or_404(request, number, "priority")
    priorities = options.priorities()
    if request.method != "POST":
        groups = choices_of_rows(priorities, ticket.priority)
        return editor(request, ticket, Editor("priority", _("Priority"), groups=groups))
    chosen = _chosen(request, "priority", priorities)
    if chosen is None:
        return answers.refused(request, ticket, _("This priority cannot be chosen any more."))
    return answers.change(
        request,
        ticket,
        lambda seen: progress.set_priority(ticket, chosen, by=request.user, seen=seen),
        done=_("The priority is changed."),
    )


@ask_or_change
@agent_required
def type(request: HttpRequest, number: str) -> HttpResponse:
    ticket = ticket_or_404(request, number, "write")
    types = options.types()
    if request.method != "POST":
        return editor(request, ticket, Editor("type", _("Type"), groups=choices_of_rows(types, ticket.type)))
    chosen = _chosen(request, "type", types)
    if chosen is None:
        return answers.refused(request, ticket, _("This type cannot be chosen any more."))
    return answers.change(
        request,
        ticket,
        lambda seen: fields.set_type(ticket, chosen, by=request.user, seen=seen),
        done=_("The type is changed."),
    )


@ask_or_change
@agent_required
def title(request: HttpRequest, number: str) -> HttpResponse:
    ticket = ticket_or_404(request, number, "write")
    form = Title(request.POST if request.method == "POST" else None, initial={"title": ticket.title})
    if not form.is_valid():
        return editor(request, ticket, Editor("title", _("Title"), form=form))
    return answers.change(
        request,
        ticket,
        lambda seen: fields.set_title(ticket, form.cleaned_data["title"], by=request.user, seen=seen),
        done=_("The ticket is renamed."),
    )


@ask_or_change
@agent_required
def tags(request: HttpRequest, number: str) -> HttpResponse:
    ticket = ticket_or_404(request, number, "write")
    form = Tags(request.POST if request.method == "POST" else None, initial={"tags": ", ".join(ticket.tags)})
    if not form.is_valid():
        return editor(request, ticket, Editor("tags", _("Tags"), form=form, tokens="tags"))
    return answers.change(
        request,
        ticket,
        lambda seen: fields.set_tags(ticket, form.cleaned_data["tags"], by=request.user, seen=seen),
        done=_("The tags are changed."),
    )


@ask_or_change
@agent_required
def field(request: HttpRequest, number: str, key: str) -> HttpResponse:
    """One custom field."""
    ticket = ticket_or_404(request, number, "write")
    definition = get_object_or_404(FieldDefinition, is_active=True, key=key)
    data = request.POST if request.method == "POST" else None
    form = CustomField(data, definition=definition, value=ticket.custom_fields.get(key))
    shown = Editor("field", definition.label, form=form, key=key)
    if not form.is_valid():
        return editor(request, ticket, shown)
    try:
        return answers.change(
            request,
            ticket,
            lambda seen: fields.set_custom_fields(ticket, values_of(form), by=request.user, seen=seen),
            done=_("%(field)s is changed.") % {"field": definition.label},
        )
    except ValidationError as error:
        add_errors(form, error)
        return editor(request, ticket, shown)


def _give(request: HttpRequest, ticket: Ticket, people: list[User], what: str) -> HttpResponse:
    """To one of the people, or to nobody."""
    person = _chosen(request, what, people)
    if person is None and request.POST.get(what):
        return answers.refused(request, ticket, _("This person may not see the ticket, so it cannot be given to them."))
    verb = routing.assign if what == "owner" else routing.make_responsible
    if person is None:
        done = _("Nobody has the ticket now.") if what == "owner" else _("Nobody is responsible now.")
    else:
        sentence = _("%(name)s has the ticket now.") if what == "owner" else _("%(name)s is responsible now.")
        done = sentence % {"name": person}
    return answers.change(request, ticket, lambda seen: verb(ticket, person, by=request.user, seen=seen), done=done)


def _chosen(request: HttpRequest, name: str, choices: Iterable[Row]) -> Row | None:
    return next((row for row in choices if str(row.pk) == request.POST.get(name)), None)
