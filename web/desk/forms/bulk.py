"""What is asked before something is done with many tickets; each form says the steps (tickets/steps.py)."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from automation.macros import offered_in_lists, steps_of
from core.text import strip_nul
from tickets import options, vocabulary
from tickets.customfields import fields_in
from tickets.models import FieldDefinition, LinkKind, State, StateType, Ticket
from tickets.search import ticket_with_number
from web.common.custom_fields import add_fields, values_of
from web.desk.editors import choices_of_people, choices_of_rows
from web.desk.forms.properties import Tags, Until
from web.desk.selection import Selection

Steps = list[dict[str, Any]]
# Tickets of more queues than this are offered every agent; what does not fit a ticket is refused at that ticket.
FEW_QUEUES = 10


class BulkForm(forms.Form):
    """`selection` is what it is about, `agent` who asks."""

    def __init__(self, *args: Any, agent: User, selection: Selection, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.agent, self.selection = agent, selection

    def steps(self) -> Steps:
        raise NotImplementedError


class Choice(BulkForm):
    """One of some rows, picked from a list with a search field."""

    step = ""
    to = forms.CharField(max_length=20, required=False)
    error_messages: Mapping[str, str | Promise] = {"gone": _("This cannot be chosen any more.")}

    def rows(self) -> Iterable[Model]:
        raise NotImplementedError

    def groups(self) -> list[dict[str, Any]]:
        return choices_of_rows(self.rows(), None)

    def clean_to(self) -> Model | None:
        chosen = next((row for row in self.rows() if str(row.pk) == self.cleaned_data["to"]), None)
        if chosen is None:
            raise ValidationError(self.error_messages["gone"])
        return chosen

    def steps(self) -> Steps:
        chosen = self.cleaned_data["to"]
        return [{"do": self.step, "to": chosen.pk if chosen else None}]


class Assign(Choice):
    step = "assign"

    def rows(self) -> list[User]:
        queues = self.selection.queues
        if len(queues) > FEW_QUEUES:
            return list(User.objects.agents().order_by("name", "pk"))
        found = {person.pk: person for queue in queues for person in options.owners_in(queue)}
        return sorted(found.values(), key=lambda person: (person.name.casefold(), person.pk))

    def groups(self) -> list[dict[str, Any]]:
        groups = choices_of_people(self.rows(), None, me=self.agent)
        for option in groups[0]["options"]:
            if option.get("nobody"):
                # there is no present one to be marked
                option |= {"value": "nobody", "current": False}
        return groups

    def clean_to(self) -> Model | None:
        return None if self.cleaned_data["to"] == "nobody" else super().clean_to()


class Move(Choice):
    step = "move"

    def rows(self) -> Iterable[Model]:
        return options.queues_to_move_to(self.agent).order_by("path")


class Rank(Choice):
    step = "priority"

    def rows(self) -> Iterable[Model]:
        return options.priorities()


class RunMacro(Choice):
    """As the macro is now; with which tickets it is not possible is found at each of them."""

    def rows(self) -> Iterable[Model]:
        return offered_in_lists(self.agent)

    def groups(self) -> list[dict[str, Any]]:
        return [{"options": [{"value": row.pk, "label": str(row), "current": False} for row in self.rows()]}]

    def steps(self) -> Steps:
        return steps_of(self.cleaned_data["to"])


class Classify(Choice):
    step = "type"

    def rows(self) -> Iterable[Model]:
        return options.types()


class SetService(Choice):
    step = "service"

    def rows(self) -> Iterable[Model]:
        return options.services()

    def groups(self) -> list[dict[str, Any]]:
        nothing = {"value": "none", "label": _("No service"), "current": False}
        return [{"options": [nothing, *choices_of_rows(self.rows(), None)[0]["options"]]}]

    def clean_to(self) -> Model | None:
        return None if self.cleaned_data["to"] == "none" else super().clean_to()


class Progress(Choice):
    """A state that waits asks until when."""

    step = "state"
    until = Until.base_fields["until"]

    def rows(self) -> list[State]:
        return options.states()

    def clean(self) -> None:
        chosen = self.cleaned_data.get("to")
        if isinstance(chosen, State) and chosen.is_pending and not self.errors and not self.cleaned_data["until"]:
            raise ValidationError({"until": _("Say until when the tickets wait.")})

    clean_until = Until.clean_until

    def steps(self) -> Steps:
        chosen, until = self.cleaned_data["to"], self.cleaned_data["until"]
        waits = {"until": until.isoformat()} if chosen.is_pending and until else {}
        return [{"do": "state", "to": chosen.pk, **waits}]


class AddTags(BulkForm):
    tags = Tags.base_fields["tags"]
    clean_tags = Tags.clean_tags
    step = "tag"

    def clean(self) -> None:
        if not self.errors and not self.cleaned_data["tags"]:
            raise ValidationError({"tags": _("Write at least one tag.")})

    def steps(self) -> Steps:
        return [{"do": self.step, "tags": self.cleaned_data["tags"]}]


class RemoveTags(AddTags):
    step = "untag"


class SetFields(BulkForm):
    """Only what is filled in is set; a field that a ticket does not have is refused at that ticket."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        queues = self.selection.queues
        every = FieldDefinition.objects.filter(is_active=True)
        add_fields(self, fields_in(queues) if len(queues) <= FEW_QUEUES else every)
        for field in self.fields.values():
            field.required = False

    def given(self) -> dict[str, Any]:
        return {key: value for key, value in values_of(self).items() if value not in (None, "", [], False)}

    def clean(self) -> None:
        if not self.errors and not self.given():
            raise ValidationError(_("Fill in at least one field."))

    def steps(self) -> Steps:
        return [{"do": "fields", "values": self.given()}]


class Write(BulkForm):
    step = ""
    text = forms.CharField(
        label=_("Text"),
        help_text=_("{{ customer.first_name }}, {{ ticket.number }} and the like become those of each ticket."),
        widget=forms.Textarea(attrs={"rows": 6}),
        max_length=50_000,
    )

    def clean_text(self) -> str:
        return strip_nul(self.cleaned_data["text"])

    def steps(self) -> Steps:
        return [{"do": self.step, "text": self.cleaned_data["text"]}]


class WriteNote(Write):
    step = "note"


class WriteReply(Write):
    step = "reply"


class ToTicket(BulkForm):
    number = forms.CharField(label=_("Ticket number"), max_length=30)

    def clean_number(self) -> Ticket:
        found = ticket_with_number(self.cleaned_data["number"], self.agent)
        if found is None:
            raise ValidationError(_("There is no ticket with this number, or you may not see it."))
        return found


class Merge(ToTicket):
    """Into the oldest of them, unless another one is named."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["number"].label = _("Into which ticket")
        oldest = Ticket.objects.filter(pk__in=self.selection.ids).order_by("pk").first()
        if oldest is not None and self.selection.number > 1:
            self.fields["number"].initial = oldest.number

    def clean_number(self) -> Ticket:
        found = super().clean_number()
        if found.merged_into_id or not found.allows(self.agent, "write"):
            raise ValidationError(_("Tickets cannot be merged into this one."))
        return found

    def steps(self) -> Steps:
        return [{"do": "merge", "into": self.cleaned_data["number"].pk}]


class Linked(ToTicket):
    kind = forms.ChoiceField(label=_("Each of them is"), choices=LinkKind.choices)

    field_order = ("kind", "number")

    def steps(self) -> Steps:
        return [{"do": "link", "to": self.cleaned_data["number"].pk, "kind": self.cleaned_data["kind"]}]


class Now(BulkForm):
    """Nothing is asked."""

    step = ""

    def steps(self) -> Steps:
        return [{"do": self.step}]


class Take(Now):
    def steps(self) -> Steps:
        return [{"do": "assign", "to": self.agent.pk, "as": "take"}]


class Close(Now):
    """What is closed already stays as it is."""

    def steps(self) -> Steps:
        return [{"do": "close", "to": vocabulary.first_state(StateType.CLOSED).pk}]


class Watch(Now):
    step = "watch"


class Unwatch(Now):
    step = "unwatch"


class Spam(Now):
    step = "spam"


class Trash(Now):
    step = "trash"


class Restore(Now):
    step = "restore"
