"""What leans on a row of the settings that is about to be retired, each as one sentence: doors tell it before."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, TextField
from django.db.models.functions import Cast
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import ApiToken, User
from automation.leaning import leaning_on
from automation.models import AlertSource, Content, Macro, Rule, Schedule, SurveyRule
from core.counting import capped, counts
from mail.models import Account, Address, AutomaticText, Filter
from sla.models import Policy, QueueHours
from tickets.models import (
    FieldDefinition,
    MatrixCell,
    Priority,
    Queue,
    ReplyTemplate,
    SavedView,
    Service,
    Snippet,
    State,
    Ticket,
    TicketType,
    WebForm,
)

MOST_NAMED = 20


@dataclass(frozen=True)
class Dependent:
    """Something that stays as it is. `place` names the settings in which it is set up, `key` the row among them."""

    text: str
    place: str = ""
    key: int | None = None


def is_in_use(row: Any) -> bool:
    """Whether the row, as it is stored, is active."""
    return type(row)._default_manager.filter(pk=row.pk, is_active=True).exists()


def dependents(row: Any) -> list[Dependent]:
    """What leans on the row now. Tickets are counted, never shown: administrators see them by their roles alone."""
    tell = _BY_MODEL.get(type(row))
    return [*tell(row), *_automations(row)] if tell else []


def _of_queue(queue: Queue) -> Iterable[Dependent]:
    found = counts(
        tickets=Ticket.objects.open().filter(queue=queue),
        inside=queue.children.filter(is_active=True),
        addresses=Address.objects.filter(queue=queue, is_active=True),
        accounts=Account.objects.filter(queue=queue, is_active=True),
        templates=ReplyTemplate.objects.filter(queues=queue, is_active=True),
        fields=FieldDefinition.objects.filter(queues=queue, is_active=True),
    )
    yield from _tickets(found["tickets"])
    if number := found["inside"]:
        words = ngettext("%(number)s queue lies inside", "%(number)s queues lie inside", number)
        yield Dependent(words % capped(number), "queues")
    if number := found["addresses"]:
        words = ngettext(
            "%(number)s address still brings mail here", "%(number)s addresses still bring mail here", number
        )
        yield Dependent(words % capped(number), "addresses")
    if number := found["accounts"]:
        words = ngettext(
            "%(number)s mailbox still brings mail here", "%(number)s mailboxes still bring mail here", number
        )
        yield Dependent(words % capped(number), "accounts")
    if number := found["templates"]:
        words = ngettext("%(number)s reply template names it", "%(number)s reply templates name it", number)
        yield Dependent(words % capped(number), "templates")
    if number := found["fields"]:
        words = ngettext("%(number)s field names it", "%(number)s fields name it", number)
        yield Dependent(words % capped(number), "fields")
    if queue.is_junk:
        yield Dependent(_("Unwanted messages go here"))
    yield from _filters(queue=queue)


def _of_state(state: State) -> Iterable[Dependent]:
    yield from _tickets(counts(tickets=Ticket.objects.open().filter(state=state))["tickets"])
    for other in State.objects.active().filter(next_state=state):
        text = _("Tickets in “%(state)s” go on to it when their time is over") % {"state": _(other.name)}
        yield Dependent(text, "states_row", other.pk)
    for policy in Policy.objects.active().filter(pause_states__contains=[state.pk]):
        text = _("Clocks of the SLA %(name)s pause in it") % {"name": policy}
        yield Dependent(text, "sla", policy.pk)


def _of_priority(priority: Priority) -> Iterable[Dependent]:
    found = counts(
        tickets=Ticket.objects.open().filter(priority=priority), cells=MatrixCell.objects.filter(priority=priority)
    )
    yield from _tickets(found["tickets"])
    if number := found["cells"]:
        words = ngettext(
            "%(number)s cell of the matrix leads to it", "%(number)s cells of the matrix lead to it", number
        )
        yield Dependent(words % capped(number), "matrix")
    for policy in Policy.objects.active().filter(targets__priority=priority).distinct():
        text = _("The SLA %(name)s has targets for it") % {"name": policy}
        yield Dependent(text, "sla", policy.pk)
    yield from _filters(priority=priority)


def _of_type(kind: TicketType) -> Iterable[Dependent]:
    found = counts(
        tickets=Ticket.objects.open().filter(type=kind),
        fields=FieldDefinition.objects.filter(types=kind, is_active=True),
    )
    yield from _tickets(found["tickets"])
    if number := found["fields"]:
        words = ngettext("%(number)s field names it", "%(number)s fields name it", number)
        yield Dependent(words % capped(number), "fields")
    yield from _filters(type=kind)


def _filters(**names: Model) -> Iterable[Dependent]:
    for one in Filter.objects.filter(is_active=True, **names):
        text = _("The mail filter %(name)s names it") % {"name": one}
        yield Dependent(text, "filter", one.pk)


def _of_field(field: FieldDefinition) -> Iterable[Dependent]:
    views = SavedView.objects.annotate(text=Cast("condition", TextField()))
    found = counts(
        tickets=Ticket.objects.open().filter(custom_fields__has_key=field.key),
        views=views.filter(text__contains=f'"field.{field.key}"'),
    )
    if number := found["tickets"]:
        words = ngettext("%(number)s open ticket has a value", "%(number)s open tickets have a value", number)
        yield Dependent(words % capped(number))
    if number := found["views"]:
        words = ngettext("%(number)s saved view asks for it", "%(number)s saved views ask for it", number)
        yield Dependent(words % capped(number))
    if FieldDefinition.objects.filter(pk=field.pk, to_close=True).exists():
        yield Dependent(_("It is required to close a ticket"))


def _of_policy(policy: Policy) -> Iterable[Dependent]:
    yield from _tickets(counts(tickets=Ticket.objects.open().filter(targets__policy=policy))["tickets"])
    for hours in QueueHours.objects.filter(policy=policy).select_related("queue").order_by("queue__path"):
        text = _("The queue %(queue)s names it") % {"queue": hours.queue.place}
        yield Dependent(text, "queue", hours.pk)


def _of_person(person: User) -> Iterable[Dependent]:
    found = counts(
        owned=Ticket.objects.open().filter(owner=person),
        answered_for=Ticket.objects.open().filter(responsible=person),
        asked=Ticket.objects.open().filter(customer=person),
        tokens=ApiToken.objects.filter(user=person, revoked_at__isnull=True),
        substitutes=User.objects.active().filter(substitute=person),
    )
    if number := found["owned"]:
        words = ngettext("%(number)s open ticket is theirs", "%(number)s open tickets are theirs", number)
        yield Dependent(words % capped(number))
    if number := found["answered_for"]:
        words = ngettext("They answer for %(number)s open ticket", "They answer for %(number)s open tickets", number)
        yield Dependent(words % capped(number))
    if number := found["asked"]:
        words = ngettext(
            "%(number)s open ticket was asked for by them", "%(number)s open tickets were asked for by them", number
        )
        yield Dependent(words % capped(number))
    if number := found["tokens"]:
        words = ngettext("%(number)s API token stops working", "%(number)s API tokens stop working", number)
        yield Dependent(words % capped(number))
    if number := found["substitutes"]:
        words = ngettext("They stand in for %(number)s person", "They stand in for %(number)s people", number)
        yield Dependent(words % capped(number))


def _alert_sources(row: Model) -> Iterable[Dependent]:
    """Monitoring that opens tickets in this queue, of this type or for this customer."""
    name = _OF_SOURCES.get(type(row))
    found: Any = AlertSource.objects.filter(is_active=True, **{name: row}) if name else []
    for source in found[:MOST_NAMED]:
        text = _("The alert source %(name)s names it") % {"name": source}
        yield Dependent(text, "alert_source", source.pk)


_OF_SOURCES: Mapping[type[Model], str] = {Queue: "queue", TicketType: "type", User: "customer"}


def _web_forms(row: Model) -> Iterable[Dependent]:
    """Forms in other websites that open tickets with it, or ask it."""
    name = _OF_WEB_FORMS.get(type(row))
    found: Any = WebForm.objects.active().filter(**{name: row}) if name else []
    for form in found[:MOST_NAMED]:
        text = _("The web form %(name)s names it") % {"name": form}
        yield Dependent(text, "web_form", form.pk)


_OF_WEB_FORMS: Mapping[type[Model], str] = {
    Queue: "queue",
    TicketType: "type",
    Priority: "priority",
    FieldDefinition: "questions__field",
}


def _services(row: Model) -> Iterable[Dependent]:
    """What opens tickets with it, asks it, or lies in it."""
    name = _OF_SERVICES.get(type(row))
    found: Any = Service.objects.active().filter(**{name: row}) if name else []
    for service in found[:MOST_NAMED]:
        text = _("The service %(name)s names it") % {"name": service.place}
        yield Dependent(text, "service", service.pk)


_OF_SERVICES: Mapping[type[Model], str] = {
    Queue: "queue",
    TicketType: "type",
    Priority: "priority",
    FieldDefinition: "questions__field",
}


def _of_service(service: Service) -> Iterable[Dependent]:
    found = counts(
        tickets=Ticket.objects.open().filter(service=service), inside=Service.objects.active().filter(parent=service)
    )
    yield from _tickets(found["tickets"])
    if number := found["inside"]:
        words = ngettext(
            "%(number)s service in it is not found any more",
            "%(number)s services in it are not found any more",
            number,
        )
        yield Dependent(words % capped(number), "services")


def _automations(row: Model) -> Iterable[Dependent]:
    yield from _alert_sources(row)
    yield from _web_forms(row)
    yield from _services(row)
    for one in leaning_on(row)[:MOST_NAMED]:
        words, route = _AUTOMATIONS[type(one)]
        yield Dependent(str(words) % {"name": one}, route, one.pk)


_AUTOMATIONS: Mapping[type[Model], tuple[str | Promise, str]] = {
    Rule: (gettext_lazy("The rule %(name)s names it"), "rule"),
    Schedule: (gettext_lazy("The schedule %(name)s names it"), "schedule"),
    Macro: (gettext_lazy("The macro %(name)s names it"), "macro"),
}


def _tickets(number: int) -> Iterable[Dependent]:
    if number:
        words = ngettext("%(number)s open ticket has it", "%(number)s open tickets have it", number)
        yield Dependent(words % capped(number))


def _of_content(content: Content) -> Iterable[Dependent]:
    """Texts that name it, and queues whose question it is."""
    named = f"content.{content.key}"
    for model, route in ((ReplyTemplate, "templates"), (Snippet, "snippets"), (AutomaticText, "automatic")):
        for row in model.objects.filter(is_active=True, body__contains=named)[:MOST_NAMED]:
            yield Dependent(_("“%(name)s” takes it in") % {"name": row}, f"{route}_row", row.pk)
    inside = Content.objects.filter(is_active=True).exclude(pk=content.pk).annotate(all=Cast("texts", TextField()))
    for other in inside.filter(all__contains=named)[:MOST_NAMED]:
        yield Dependent(_("“%(name)s” takes it in") % {"name": other}, "contents_row", other.pk)
    for rule in SurveyRule.objects.filter(text=content, is_on=True).select_related("queue")[:MOST_NAMED]:
        words = _("Customers of %(queue)s are asked with it") % {"queue": rule.queue.place}
        yield Dependent(words, "queue", rule.pk)


_BY_MODEL: Mapping[type[Model], Callable[[Any], Iterable[Dependent]]] = {
    Queue: _of_queue,
    State: _of_state,
    Priority: _of_priority,
    TicketType: _of_type,
    FieldDefinition: _of_field,
    Policy: _of_policy,
    User: _of_person,
    Content: _of_content,
    Service: _of_service,
}
