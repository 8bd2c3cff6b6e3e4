"""A saved view beside its condition: name, columns, order, groups, and with whom it is shared."""

from typing import Any

from django import forms
from django.contrib.auth.models import Group
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from tickets.models import SavedView
from tickets.saved import GROUPS, ORDERS, USUAL_COLUMNS
from web.desk.cells import COLUMNS


class SavedViewForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=60)
    order = forms.ChoiceField(label=_("Order"), choices=[(key, label) for key, (label, _fields) in ORDERS.items()])
    group_by = forms.ChoiceField(
        label=_("Group by"),
        choices=[("", _("No groups")), *((key, label) for key, (label, _fields) in GROUPS.items())],
        required=False,
    )
    columns = forms.MultipleChoiceField(
        label=_("Columns"),
        help_text=_("The subject is always there."),
        choices=[(key, column.label) for key, column in COLUMNS.items()],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    roles = forms.ModelMultipleChoiceField(
        label=_("Shared with"),
        help_text=_("Everybody with one of these roles sees the view, with those tickets that they may see."),
        queryset=Group.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    def __init__(self, *args: Any, agent: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        roles = Group.objects.all() if agent.is_administrator else agent.groups.all()
        self.fields["roles"].queryset = roles.order_by("name")

    def put_into(self, view: SavedView) -> SavedView:
        """What was entered, on a view that is not kept yet."""
        given = self.cleaned_data
        view.name, view.order, view.group_by = given["name"], given["order"], given["group_by"]
        view.columns = given["columns"]
        return view


def values_of(view: SavedView) -> dict[str, Any]:
    """What the form of this view shows at first."""
    return {
        "name": view.name,
        "order": view.order,
        "group_by": view.group_by,
        "columns": view.columns or list(USUAL_COLUMNS),
        "roles": list(view.roles.all()) if view.pk else [],
    }
