"""One message becomes a ticket of its own."""

from operator import attrgetter
from typing import Any
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.people import customer_for_address, person_with_address
from core.text import clean_line
from tickets import options
from tickets.actions.opening import Opening
from tickets.models import Article
from tickets.models.article import Sender


class Split(forms.Form):
    submission = forms.UUIDField(widget=forms.HiddenInput, required=False)
    title = forms.CharField(label=_("Subject"), max_length=300)
    queue = forms.ModelChoiceField(label=_("Queue"), queryset=None, empty_label=None)
    customer = forms.EmailField(label=_("Customer's email"), max_length=254)
    take = forms.BooleanField(label=_("I look after it"), required=False)

    def __init__(self, *args: Any, article: Article, agent: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ticket = article.ticket
        self.article, self.agent = article, agent
        queues = options.queues_to_open_in(agent)
        self.fields["queue"].queryset = queues
        self.fields["queue"].label_from_instance = attrgetter("place")
        self.fields["queue"].initial = ticket.queue_id if queues.filter(pk=ticket.queue_id).exists() else None
        self.fields["submission"].initial = uuid4
        self.fields["title"].initial = clean_line(article.subject, 300) or ticket.title
        said_by_customer = article.sender == Sender.CUSTOMER and not article.author.is_agent
        self.fields["customer"].initial = article.author.email if said_by_customer else ticket.customer.email

    def clean_title(self) -> str:
        title = clean_line(self.cleaned_data["title"], 300)
        if not title:
            raise ValidationError(self.fields["title"].error_messages["required"], code="required")
        return title

    def clean_customer(self) -> str:
        known = person_with_address(self.cleaned_data["customer"])
        if known and known.is_system:
            raise ValidationError(_("This address belongs to the helpdesk itself."))
        return self.cleaned_data["customer"]

    def opening(self) -> Opening:
        """Makes the customer when nobody has this address yet."""
        data, ticket = self.cleaned_data, self.article.ticket
        takes = data["take"] and self.agent in options.owners_in(data["queue"])
        return Opening(
            title=data["title"],
            queue=data["queue"],
            customer=customer_for_address(data["customer"]),
            channel=self.article.channel,
            priority=ticket.priority,
            type=ticket.type,
            owner=self.agent if takes else None,
            language=ticket.language,
        )
