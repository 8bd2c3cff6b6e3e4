"""How lists of tickets are narrowed. Only what is named here can be asked (T57)."""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters
from django_filters.fields import IsoDateTimeField
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework.exceptions import ValidationError

from api.v1.fields import ADDRESS_OR_ID, NAME_OR_ID, find, find_person
from core.clock import in_utc
from sla.models import Policy
from tickets import options
from tickets.conditions import ConditionError, check
from tickets.finding import condition_of, narrowed
from tickets.language import LanguageError
from tickets.models import State
from tickets.queries import TicketQuerySet
from tickets.saved import views_for
from tickets.search import matching_in_public, number_in

TRUE_OR_FALSE = [("true", ""), ("false", "")]
LONGEST, LONGEST_CONDITION = 300, 10_000


def _by(schema: dict, method: str, meaning: str) -> filters.CharFilter:
    return extend_schema_field(schema)(filters.CharFilter(method=method, max_length=LONGEST, help_text=meaning))


class MomentField(IsoDateTimeField):
    def to_python(self, value: Any) -> datetime | None:
        moment = super().to_python(value)
        return in_utc(moment) if moment else None


class MomentFilter(filters.IsoDateTimeFilter):
    field_class = MomentField


class RequestFilters(filters.FilterSet):
    """What a customer may ask about his requests."""

    q = filters.CharFilter(method="filter_q", max_length=LONGEST, help_text="A number, or words to search for.")
    state = _by(NAME_OR_ID, "filter_state", "Name or id.")
    open = extend_schema_field(OpenApiTypes.BOOL)(
        filters.ChoiceFilter(choices=TRUE_OR_FALSE, method="filter_open", help_text="Not closed, merged or removed.")
    )
    created_after = MomentFilter("created_at", "gte", help_text="This moment or later.")

    def filter_q(self, tickets: TicketQuerySet, _name: str, text: str) -> QuerySet:
        number = number_in(text)
        if number and (named := tickets.filter(number=number)).exists():
            return named
        return self.found(tickets, text)

    def found(self, tickets: TicketQuerySet, text: str) -> QuerySet:
        return matching_in_public(tickets, text)

    def filter_state(self, tickets: QuerySet, name: str, wanted: str) -> QuerySet:
        return tickets.filter(state=_choice(State.objects.all(), name, wanted))

    def filter_open(self, tickets: QuerySet, _name: str, wanted: str) -> QuerySet:
        return tickets.filter(closed_at__isnull=wanted == "true")


class TicketFilters(RequestFilters):
    q = filters.CharFilter(
        method="filter_q", max_length=LONGEST, help_text="A number, or a query in the search language."
    )
    queue = _by(NAME_OR_ID, "filter_queue", "Path, name if unambiguous, or id; without the queues below.")
    owner = _by(ADDRESS_OR_ID, "filter_person", "Address or id.")
    customer = _by(ADDRESS_OR_ID, "filter_person", "Address or id.")
    tag = filters.CharFilter(method="filter_tag", max_length=LONGEST, help_text="One whole tag.")
    sla = _by(NAME_OR_ID, "filter_sla", "Name or id.")
    due_before = MomentFilter("due_at", "lte", help_text="Due at this moment or earlier.")
    due_after = MomentFilter("due_at", "gte", help_text="Due at this moment or later.")
    order = extend_schema_field({"type": "string", "enum": ["changed", "due"], "default": "changed"})(
        filters.ChoiceFilter(
            choices=[("changed", ""), ("due", "")],
            method="filter_order",
            help_text="`due`: only tickets that are due some time, the most urgent first.",
        )
    )
    view = extend_schema_field(OpenApiTypes.INT)(
        filters.CharFilter(method="filter_view", max_length=20, help_text="The id of a saved view.")
    )
    condition = filters.CharFilter(
        method="filter_condition", max_length=LONGEST_CONDITION, help_text="JSON in the condition language."
    )
    changed_after = MomentFilter("changed_at", "gte", help_text="This moment or later.")

    def found(self, tickets: TicketQuerySet, text: str) -> QuerySet:
        try:
            return narrowed(tickets, condition_of(text, self.request.user), self.request.user)
        except LanguageError as error:
            raise ValidationError({"q": [str(error)]}) from error

    def filter_view(self, tickets: TicketQuerySet, name: str, wanted: str) -> QuerySet:
        views = views_for(self.request.user)
        view = views.filter(pk=wanted).first() if wanted.isascii() and wanted.isdecimal() and len(wanted) < 19 else None
        if view is None:
            raise ValidationError({name: [_("There is nothing with this name or id to choose.")]})
        return self._narrowed(tickets.not_removed(), name, view.condition)

    def filter_condition(self, tickets: TicketQuerySet, name: str, text: str) -> QuerySet:
        try:
            condition = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise ValidationError({name: [_("The request is no valid JSON.")]}) from error
        return self._narrowed(tickets, name, condition)

    def _narrowed(self, tickets: TicketQuerySet, name: str, condition: Any) -> QuerySet:
        try:
            check(condition)
            return narrowed(tickets, condition, self.request.user)
        except ConditionError as error:
            raise ValidationError({name: [str(error)]}) from error

    def filter_queue(self, tickets: QuerySet, name: str, wanted: str) -> QuerySet:
        return tickets.filter(queue=_choice(options.queues_to_read(self.request.user), name, wanted))

    def filter_person(self, tickets: QuerySet, name: str, wanted: str) -> QuerySet:
        """Nobody has this address: no ticket is his."""
        if "@" not in wanted and not (wanted.isascii() and wanted.isdecimal()):
            raise ValidationError({name: [_("Enter an address or an id.")]})
        person = find_person(wanted)
        return tickets.filter(**{name: person}) if person else tickets.none()

    def filter_sla(self, tickets: QuerySet, name: str, wanted: str) -> QuerySet:
        return tickets.filter(targets__policy=_choice(Policy.objects.all(), name, wanted))

    def filter_order(self, tickets: QuerySet, _name: str, wanted: str) -> QuerySet:
        """The order itself is the view's; what is never due has no place in one of due times."""
        return tickets.filter(due_at__isnull=False) if wanted == "due" else tickets

    def filter_tag(self, tickets: QuerySet, _name: str, tag: str) -> QuerySet:
        return tickets.filter(tags__contains=[tag])


class TicketFilterBackend(filters.DjangoFilterBackend):
    def get_filterset_class(self, view: Any, queryset: QuerySet | None = None) -> type[filters.FilterSet]:
        person = getattr(view.request, "user", None)  # the schema is made without anybody
        return RequestFilters if person is not None and not person.is_agent else TicketFilters


def _choice(rows: Iterable, name: str, wanted: str) -> Any:
    row = find(rows, wanted)
    if row is None:
        raise ValidationError({name: [_("There is nothing with this name or id to choose.")]})
    return row
