"""A ticket that an agent opens: after a call, to write to somebody first, or as a note for the team."""

from collections.abc import Iterable, Sequence
from operator import attrgetter
from typing import Any
from uuid import UUID, uuid5

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.people import customer_for_address, person_with_address
from core.text import clean_line
from tickets import options
from tickets.actions.opening import Opening
from tickets.customfields import fields_for
from tickets.messages import Message
from tickets.models.article import Sender
from tickets.models.ticket import Channel
from tickets.wordings import templates_of
from web.common.custom_fields import PREFIX, add_fields, values_of
from web.common.uploads import FilesField
from web.desk.forms.addresses import AddressesField
from web.desk.forms.writing import MAX_TEXT, Submitted

CHANNELS = [
    (Channel.PHONE, _("Phone call")),
    (Channel.EMAIL, _("Email to the customer")),
    (Channel.NOTE, _("Internal note")),
]

NORMAL = 3
# What must be filled, as it stands on the page.
ORDER = ("customer", "title", "text", "queue")

# What several customers get.
EACH = [("each", _("A ticket for each of them")), ("together", _("One ticket, the others get copies"))]


class NewTicket(Submitted):
    channel = forms.ChoiceField(label=_("How it begins"), choices=CHANNELS, initial=Channel.PHONE)
    queue = forms.ModelChoiceField(label=_("Queue"), queryset=None, empty_label=_("Choose a queue"))
    customer = AddressesField(label=_("Customer's email"), required=True)
    each = forms.ChoiceField(label=_("For several customers"), choices=EACH, initial="each", required=False)
    name = forms.CharField(
        label=_("Customer's name"), help_text=_("For somebody who is not known yet."), max_length=150, required=False
    )
    title = forms.CharField(label=_("Subject"), max_length=300)
    text = forms.CharField(label=_("Message"), max_length=MAX_TEXT, widget=forms.Textarea)
    files = FilesField()
    take = forms.BooleanField(label=_("I look after it"), required=False, initial=True)

    def __init__(self, *args: Any, agent: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.agent = agent
        self.fields["queue"].queryset = options.queues_to_open_in(agent)
        self.fields["queue"].label_from_instance = attrgetter("place")
        priorities, types = options.priorities(), options.types()
        usual = next((row for row in priorities if row.level == NORMAL), None)
        self.fields["priority"] = _choice(_("Priority"), priorities, usual)
        self.fields["type"] = _choice(_("Type"), types, types[0] if types else None)
        self.templates = templates_of(agent)
        choices = [("", gettext("No template")), *((template.pk, template.name) for template in self.templates)]
        self.fields["template"] = forms.ChoiceField(label=_("Template"), choices=choices, required=False)
        # which fields there are depends on where the ticket will lie, and what it is
        add_fields(self, fields_for(self._chosen("queue", self.fields["queue"].queryset), self._chosen("type", types)))

    def _chosen(self, name: str, rows: Iterable[Model]) -> Any:
        """What is chosen in a field while the form is made; None when nothing is, or what may not be."""
        value = self.data.get(name) if self.is_bound else self.initial.get(name, self.fields[name].initial)
        return next((row for row in rows if str(row.pk) == str(value)), None)

    @property
    def offered(self) -> str:
        """The keys of the fields that the page shows; the form carries them."""
        return " ".join(name.removeprefix(PREFIX) for name in self.fields if name.startswith(PREFIX))

    @property
    def first_to_fill(self) -> str:
        """The first field that has to be filled and is not."""
        return next((name for name in ORDER if not self[name].value()), "")

    def clean(self) -> None:
        """Without script a queue and its form are sent together: what this queue asks was never shown then."""
        shown = self.data.get("offered")
        if shown is not None and not self.errors and not {*self.offered.split()} <= {*shown.split()}:
            raise ValidationError(_("This queue or type has fields of its own. Fill them in, then open the ticket."))

    def clean_title(self) -> str:
        title = clean_line(self.cleaned_data["title"], 300)
        if not title:
            raise ValidationError(self.fields["title"].error_messages["required"], code="required")
        return title

    def clean_customer(self) -> list[dict[str, str]]:
        people = self.cleaned_data["customer"]
        for person in people:
            known = person_with_address(person["address"])
            if known and known.is_system:
                raise ValidationError(_("This address belongs to the helpdesk itself."))
        return people

    def openings(self) -> list[tuple[Opening, Message]]:
        """The tickets to open, each with its first message; makes customers whose addresses nobody has yet."""
        people, submission = self.cleaned_data["customer"], self.cleaned_data["submission"]
        if len(people) == 1 or self.cleaned_data["each"] == "together":
            opening = self._opening(people[0])
            return [(opening, self._message(opening, submission, copies=people[1:]))]
        openings = [self._opening(person) for person in people]
        return [
            # each is once, however often the form is sent
            (opening, self._message(opening, uuid5(submission, opening.customer.email), copies=()))
            for opening in openings
        ]

    def _opening(self, person: dict[str, str]) -> Opening:
        data = self.cleaned_data
        name = person["name"] or (data["name"] if len(data["customer"]) == 1 else "")
        takes = data["take"] and self.agent in options.owners_in(data["queue"])
        return Opening(
            title=data["title"],
            queue=data["queue"],
            customer=customer_for_address(person["address"], name=name),
            channel=data["channel"],
            priority=data["priority"],
            type=data["type"],
            owner=self.agent if takes else None,
            custom_fields=values_of(self),
        )

    def _message(self, opening: Opening, submission: UUID, *, copies: Sequence[dict[str, str]]) -> Message:
        """What is written down of a call was said by the customer; everything else by the agent."""
        data, customer = self.cleaned_data, opening.customer
        person = {"name": customer.name, "address": customer.email}
        return Message(
            text=data["text"],
            subject=data["title"],
            files=data["files"],
            sent_from=person if self.sender == Sender.CUSTOMER else {},
            to=[person] if data["channel"] == Channel.EMAIL else [],
            cc=copies,
            submission=submission,
        )

    @property
    def sender(self) -> str:
        return Sender.CUSTOMER if self.cleaned_data["channel"] == Channel.PHONE else Sender.AGENT


def _choice(label: str | Promise, rows: Sequence[Model], usual: Model | None) -> forms.TypedChoiceField:
    """One of the stock rows, shown by its translated name; the value is the row."""
    by_key = {str(row.pk): row for row in rows}
    return forms.TypedChoiceField(
        label=label,
        choices=[(row.pk, gettext(str(row))) for row in rows],
        coerce=by_key.get,
        empty_value=None,
        initial=usual.pk if usual else None,
        required=False,
    )
