"""Forms of the words tickets are described with: states, priorities, types."""

from django.forms import ModelForm
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tickets.models import Priority, State, StateType, TicketType

NAME = _("Stock names are shown translated; a name of your own is shown as it is.")
POSITION = _("Smaller numbers come first.")


class _Word(ModelForm):
    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, label_suffix="", **kwargs)


class StateForm(_Word):
    class Meta:
        model = State
        fields = ("name", "type", "next_state", "position", "is_active")
        labels = {
            "name": _("Name"),
            "type": _("Kind"),
            "next_state": _("Then becomes"),
            "position": _("Position"),
            "is_active": _("Active"),
        }
        help_texts = {
            "name": NAME,
            "type": _("What the status means: open and waiting tickets are on the desk, closed ones are not."),
            "next_state": _("Where a ticket goes when its time is over. Only for “waiting, goes on by itself”."),
            "position": POSITION,
            "is_active": _("An inactive status keeps its tickets but cannot be chosen."),
        }
        error_messages = {"name": {"unique": _("There is already a status with this name.")}}

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["type"].choices = [("", _("Choose")), *StateType.choices]
        self.fields["next_state"].empty_label = _("Stays as it is")
        self.fields["next_state"].label_from_instance = lambda row: gettext(row.name)
        if self.instance.pk:  # tickets in it have been counted as open or closed by it
            self.fields["type"].disabled = True
            self.fields["type"].help_text = _("Chosen when the status was made.")


class PriorityForm(_Word):
    class Meta:
        model = Priority
        fields = ("name", "level", "position", "is_active")
        labels = {"name": _("Name"), "level": _("Level"), "position": _("Position"), "is_active": _("Active")}
        help_texts = {
            "name": NAME,
            "level": _("From 1 (very low) to 5 (very high): colour and order follow it."),
            "position": POSITION,
            "is_active": _("An inactive priority keeps its tickets but cannot be chosen."),
        }
        error_messages = {"name": {"unique": _("There is already a priority with this name.")}}

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["level"].min_value, self.fields["level"].max_value = 1, 5
        self.fields["level"].widget.attrs.update({"min": 1, "max": 5})

    def clean_level(self) -> int:
        return min(max(self.cleaned_data["level"], 1), 5)


class TypeForm(_Word):
    class Meta:
        model = TicketType
        fields = ("name", "position", "is_active")
        labels = {"name": _("Name"), "position": _("Position"), "is_active": _("Active")}
        help_texts = {
            "name": NAME,
            "position": POSITION,
            "is_active": _("An inactive type keeps its tickets but cannot be chosen."),
        }
        error_messages = {"name": {"unique": _("There is already a type with this name.")}}
