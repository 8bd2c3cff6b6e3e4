"""A ticket that an agent opens: after a call, to write to somebody first, or as a note for the team."""

from collections.abc import Sequence
from operator import attrgetter
from typing import Any

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
from tickets.messages import Message
from tickets.models import FieldDefinition
from tickets.models.article import Sender
from tickets.models.ticket import Channel
from web.common.custom_fields import add_fields, values_of
from web.common.uploads import FilesField
from web.desk.forms.writing import MAX_TEXT, Submitted

CHANNELS = [
    (Channel.PHONE, _("Phone call")),
    (Channel.EMAIL, _("Email to the customer")),
    (Channel.NOTE, _("Internal note")),
]

NORMAL = 3


class NewTicket(Submitted):
    channel = forms.ChoiceField(label=_("How it begins"), choices=CHANNELS, initial=Channel.PHONE)
    queue = forms.ModelChoiceField(label=_("Queue"), queryset=None, empty_label=_("Choose a queue"))
    customer = forms.EmailField(label=_("Customer's email"), max_length=254)
    name = forms.CharField(
        label=_("Customer's name"), help_text=_("For somebody who is not known yet."), max_length=150, required=False
    )
    title = forms.CharField(label=_("Title"), max_length=300)
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
        add_fields(self, FieldDefinition.objects.filter(is_active=True))

    def clean_title(self) -> str:
        title = clean_line(self.cleaned_data["title"], 300)
        if not title:
            raise ValidationError(self.fields["title"].error_messages["required"], code="required")
        return title

    def clean_customer(self) -> str:
        address = self.cleaned_data["customer"]
        known = person_with_address(address)
        if known and known.is_system:
            raise ValidationError(_("This address belongs to the helpdesk itself."))
        return address

    def opening(self) -> Opening:
        """Makes the customer when nobody has this address yet."""
        data = self.cleaned_data
        takes = data["take"] and self.agent in options.owners_in(data["queue"])
        return Opening(
            title=data["title"],
            queue=data["queue"],
            customer=customer_for_address(data["customer"], name=data["name"]),
            channel=data["channel"],
            priority=data["priority"],
            type=data["type"],
            owner=self.agent if takes else None,
            custom_fields=values_of(self),
        )

    def message(self, opening: Opening) -> Message:
        """What is written down of a call was said by the customer; everything else by the agent."""
        data, customer = self.cleaned_data, opening.customer
        person = {"name": customer.name, "address": customer.email}
        return Message(
            text=data["text"],
            subject=data["title"],
            files=data["files"],
            sent_from=person if self.sender == Sender.CUSTOMER else {},
            to=[person] if data["channel"] == Channel.EMAIL else [],
            submission=data["submission"],
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
