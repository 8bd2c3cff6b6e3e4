"""Beside the form of a mailbox: its address becomes one of ours, with a queue, as long as it is not."""

from operator import attrgetter
from typing import Any

from django.core.exceptions import ValidationError
from django.forms import BooleanField, CharField, EmailInput, Form, ModelChoiceField
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mail.accounts import unknown_address
from mail.addressing import check_address, is_ours
from mail.models import Account, Address
from tickets.models import Queue


class MailboxAddressForm(Form):
    """Ticked from the beginning. Without an address of its own it takes the user name, where that is one."""

    adds = BooleanField(label=gettext_lazy("Make it one of our addresses"), required=False, initial=True)
    address = CharField(
        label=gettext_lazy("Address of the mailbox"),
        required=False,
        max_length=254,
        widget=EmailInput(attrs={"autocomplete": "off", "placeholder": "support@example.com"}),
        help_text=gettext_lazy("Empty: the user name, if it is an address."),
    )
    queue = ModelChoiceField(
        label=gettext_lazy("Queue of the address"),
        queryset=Queue.objects.none(),
        required=False,
        empty_label=gettext_lazy("The queue of the mailbox"),
        help_text=gettext_lazy("Mail to the address goes there, and answers of this queue can leave from it."),
    )

    def __init__(self, data: QueryDict | None, *, account: Account) -> None:
        super().__init__(data, prefix="own", label_suffix="", initial={"address": unknown_address(account)})
        self.account = account
        self.fields["queue"].queryset = Queue.objects.active().order_by("path")
        self.fields["queue"].label_from_instance = attrgetter("place")

    @classmethod
    def of(cls, account: Account, data: QueryDict | None) -> "MailboxAddressForm | None":
        """None for a mailbox whose address is ours, or whose user name is no address."""
        return cls(data, account=account) if not account.pk or unknown_address(account) else None

    def clean(self) -> dict[str, Any]:
        """Asked when the account has what was typed. An address that is ours already is left as it is."""
        cleaned = super().clean()
        address = cleaned.get("address") or unknown_address(self.account)
        cleaned["address"] = address if cleaned.get("adds") and not is_ours(address) else ""
        if cleaned["address"]:
            try:
                cleaned["address"] = check_address(address)
            except ValidationError as error:
                self.add_error("address", error)
            cleaned["queue"] = cleaned.get("queue") or self.account.queue
            if cleaned["queue"] is None and not self.has_error("queue"):
                self.add_error("queue", _("Choose the queue for mail to this address."))
        return cleaned

    @property
    def made(self) -> Address | None:
        """The address to save beside the mailbox, if any."""
        if not self.cleaned_data["address"]:
            return None
        return Address(address=self.cleaned_data["address"], queue=self.cleaned_data["queue"])
