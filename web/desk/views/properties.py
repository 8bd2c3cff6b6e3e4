"""The properties of a ticket, one address each: asked for, it shows what may be chosen; sent, it changes it.

The first object comes through the right on the ticket's queue, the second one from tickets/options.py.
"""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.people import customer_for_address
from tickets import options
from tickets.actions import fields, progress, routing
from tickets.customfields import fields_for
from tickets.guidance import may_choose
from tickets.models import Event, Ticket
from web.common.access import agent_required
from web.common.custom_fields import add_errors, values_of
from web.desk import answers
from web.desk.choosing import ask_or_change, chosen_from
from web.desk.editors import Editor, choices_of_people, choices_of_rows, choices_with_none, editor
from web.desk.forms.properties import Customer, CustomField, Tags, Title
from web.desk.tickets import ticket_or_404


@ask_or_change
@agent_required
def owner(request: HttpRequest, number: str) -> HttpResponse:
    ticket = ticket_or_404(request, number, "owner")
    people = options.owners(ticket)
    if not may_choose(request.user, ticket.queue):
        people = [person for person in people if person != request.user or person == ticket.owner]
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
    target = chosen_from(request, "move", queues)
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
def priority(request: HttpRequest, number: str) -> HttpResponse:
    ticket = ticket_or_404(request, number, "priority")
    priorities = options.priorities()
    if request.method != "POST":
        groups = choices_of_rows(priorities, ticket.priority)
        return editor(request, ticket, Editor("priority", _("Priority"), groups=groups))
    chosen = chosen_from(request, "priority", priorities)
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
    chosen = chosen_from(request, "type", types)
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
def service(request: HttpRequest, number: str) -> HttpResponse:
    """One of the catalogue, or none."""
    ticket = ticket_or_404(request, number, "write")
    services = options.services()
    if request.method != "POST":
        groups = choices_with_none(services, ticket.service, none=_("No service"))
        return editor(request, ticket, Editor("service", _("Service"), groups=groups))
    chosen = chosen_from(request, "service", services)
    if chosen is None and request.POST.get("service"):
        return answers.refused(request, ticket, _("This service cannot be chosen any more."))
    return answers.change(
        request,
        ticket,
        lambda seen: fields.set_service(ticket, chosen, by=request.user, seen=seen),
        done=_("The service is changed."),
    )


@ask_or_change
@agent_required
def title(request: HttpRequest, number: str) -> HttpResponse:
    ticket = ticket_or_404(request, number, "write")
    form = Title(request.POST if request.method == "POST" else None, initial={"title": ticket.title})
    if not form.is_valid():
        return editor(request, ticket, Editor("title", _("Subject"), form=form))
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
        shown = Editor("tags", _("Tags"), form=form, tokens="tags", known=options.tags_in_use(request.user))
        return editor(request, ticket, shown)
    return answers.change(
        request,
        ticket,
        lambda seen: fields.set_tags(ticket, form.cleaned_data["tags"], by=request.user, seen=seen),
        done=_("The tags are changed."),
    )


@ask_or_change
@agent_required
def customer(request: HttpRequest, number: str) -> HttpResponse:
    """Whose request it is; somebody new is made in place."""
    ticket = ticket_or_404(request, number, "write")
    form = Customer(request.POST if request.method == "POST" else None, initial={"customer": ticket.customer.email})
    if not form.is_valid():
        return editor(request, ticket, Editor("customer", _("Customer"), form=form))
    return answers.change(
        request, ticket, lambda seen: _set_customer(request, ticket, form, seen), done=_("The customer is changed.")
    )


@ask_or_change
@agent_required
def field(request: HttpRequest, number: str, key: str) -> HttpResponse:
    """One custom field."""
    ticket = ticket_or_404(request, number, "write")
    definition = get_object_or_404(fields_for(ticket.queue, ticket.type), key=key)
    data = request.POST if request.method == "POST" else None
    form = CustomField(data, definition=definition, value=ticket.custom_fields.get(key))
    shown = Editor("field", definition.shown_label, form=form, key=key)
    if not form.is_valid():
        return editor(request, ticket, shown)
    try:
        return answers.change(
            request,
            ticket,
            lambda seen: fields.set_custom_fields(ticket, values_of(form), by=request.user, seen=seen),
            done=_("%(field)s is changed.") % {"field": definition.shown_label},
        )
    except ValidationError as error:
        add_errors(form, error)
        return editor(request, ticket, shown)


def _set_customer(request: HttpRequest, ticket: Ticket, form: Customer, seen: int | None) -> Event | None:
    """Nobody is made when the change is refused."""
    data = form.cleaned_data
    with transaction.atomic():
        person = customer_for_address(data["customer"], name=data["name"])
        return fields.set_customer(ticket, person, by=request.user, seen=seen)


def _give(request: HttpRequest, ticket: Ticket, people: list[User], what: str) -> HttpResponse:
    """To one of the people, or to nobody."""
    person = chosen_from(request, what, people)
    if person is None and request.POST.get(what):
        return answers.refused(request, ticket, _("This person may not see the ticket, so it cannot be given to them."))
    verb = routing.assign if what == "owner" else routing.make_responsible
    if person is None:
        done = _("Nobody has the ticket now.") if what == "owner" else _("Nobody is responsible now.")
    else:
        sentence = _("%(name)s has the ticket now.") if what == "owner" else _("%(name)s is responsible now.")
        done = sentence % {"name": person}
    return answers.change(request, ticket, lambda seen: verb(ticket, person, by=request.user, seen=seen), done=done)
