"""Saved views: who sees which, how they are kept, and which tickets are in them."""

from collections.abc import Sequence

from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from core.prepared import prepared
from core.text import clean_line
from tickets.conditions import ConditionError, check, to_q, viewer
from tickets.models import SavedView, Ticket
from tickets.queries import TicketQuerySet

# What a list can be ordered by: fields for the pages (core/pagination.py), the last one unique.
ORDERS = {
    "-changed": (gettext_lazy("Newest change first"), ("-changed_at", "-id")),
    "changed": (gettext_lazy("Oldest change first"), ("changed_at", "id")),
    "-created": (gettext_lazy("Newest ticket first"), ("-created_at", "-id")),
    "created": (gettext_lazy("Oldest ticket first"), ("created_at", "id")),
    "-priority": (gettext_lazy("Highest priority first"), ("-priority__level", "-changed_at", "-id")),
    "due": (gettext_lazy("Due first"), ("due_order", "id")),
}
# What it can be grouped by: sorted by these first. Rows of one place are told apart by their ids.
GROUPS = {
    "queue": (gettext_lazy("Queue"), ("queue__path",)),
    "state": (gettext_lazy("Status"), ("state__position", "state_id")),
    "priority": (gettext_lazy("Priority"), ("-priority__level", "priority_id")),
    "type": (gettext_lazy("Type"), ("type__position", "type_id")),
    # In the days of whoever looks: what is due at different times of one day has the same heading.
    "due": (gettext_lazy("Deadline"), ("due_order",)),
}
COLUMNS = (
    "number",
    "state",
    "priority",
    "queue",
    "owner",
    "customer",
    "organisation",
    "type",
    "tags",
    "created",
    "due",
    "changed",
)
# What a list shows when nobody has said anything else.
USUAL_COLUMNS = ("number", "customer", "queue", "due", "owner", "changed")
USUAL_ORDER = "-changed"
MOST = 100


def views_for(user: User) -> QuerySet[SavedView]:
    """The person's own views, and those shared with one of their roles."""
    return _views_for(user.pk)


@prepared(int)
def known_views(pk: int) -> QuerySet[SavedView]:
    """The same, all of them, for the person with this id."""
    return _views_for(pk)


def _views_for(pk: int) -> QuerySet[SavedView]:
    shared = SavedView.roles.through.objects.filter(group__user=pk).values("savedview")
    return SavedView.objects.filter(Q(owner=pk) | Q(pk__in=shared)).select_related("owner")


def tickets_in_saved(view: SavedView, user: User) -> TicketQuerySet:
    """The tickets of a view that `user` may see, unordered; what is in the trash is in no saved view.

    None at all when the condition names a field that is gone.
    """
    try:
        condition = to_q(view.condition, viewer(user))
    except ConditionError:
        return Ticket.objects.none()
    return Ticket.objects.allowing(user, "read").not_removed().filter(condition).with_due_order()


def order_by(order: str, group_by: str = "") -> tuple[str, ...]:
    """Fields for the pages of a list. What is unknown is the usual order, or no grouping."""
    _label, fields = ORDERS.get(order, ORDERS[USUAL_ORDER])
    groups = GROUPS[group_by][1] if group_by in GROUPS else ()
    return tuple(dict.fromkeys([*groups, *fields]))


def save_view(view: SavedView, *, roles: Sequence[Group], by: User) -> SavedView:
    """Keep a new or changed view of `by`. It can be shared with roles that `by` has; administrators with any.

    Raises `ValidationError`.
    """
    if view.pk and view.owner_id != by.pk:
        raise ValidationError(_("Only who made a view can change it."))
    view.owner, view.name = by, clean_line(view.name, 60)
    _check(view)
    allowed = Group.objects.all() if by.is_administrator else by.groups.all()
    with transaction.atomic():
        view.save()
        view.roles.set(allowed.filter(pk__in=[role.pk for role in roles]))
    return view


def remove_view(view: SavedView, *, by: User) -> None:
    """Raises `ValidationError` for anybody but its owner."""
    if view.owner_id != by.pk:
        raise ValidationError(_("Only who made a view can change it."))
    view.delete()


def _check(view: SavedView) -> None:
    if not view.name:
        raise ValidationError({"name": _("Give the view a name.")})
    others = SavedView.objects.filter(owner=view.owner).exclude(pk=view.pk)
    if others.filter(name=view.name).exists():
        raise ValidationError({"name": _("You have a view with this name already.")})
    if others.count() >= MOST:
        raise ValidationError(_("You have %(number)s views already.") % {"number": MOST})
    if view.order not in ORDERS or view.group_by not in {"", *GROUPS} or not set(view.columns) <= set(COLUMNS):
        raise ValidationError(_("This order, grouping or column does not exist."))
    try:
        check(view.condition)
    except ConditionError as error:
        raise ValidationError({"condition": str(error)}) from error
