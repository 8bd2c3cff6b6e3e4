"""The form of the tester: a message as a file or as text, and how it is said to come in."""

from email.parser import BytesHeaderParser
from email.policy import compat32
from email.utils import parseaddr
from typing import Any

from django.core.exceptions import ValidationError
from django.forms import CharField, ChoiceField, FileField, Form, Textarea, TextInput
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mail.models import Account, Address, Incoming
from mail.trial import MAX_BYTES, Arrival

RECEIVER, PIPE = "receiver", "pipe"


class TrialForm(Form):
    file = FileField(label=_("Message"), required=False, help_text=_("An .eml file as mail programs save it."))
    text = CharField(
        label=_("Or its source"),
        required=False,
        strip=False,
        max_length=MAX_BYTES,
        widget=Textarea(attrs={"rows": 6, "spellcheck": "false", "class": "mono"}),
    )
    way = ChoiceField(label=_("Comes by"))
    recipient = CharField(
        label=_("Delivered to"),
        required=False,
        max_length=320,
        widget=TextInput(attrs={"list": "our-addresses", "autocomplete": "off", "inputmode": "email"}),
        help_text=_("The recipient in the envelope; empty where only the message itself says it."),
    )

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self.accounts = {f"account-{account.pk}": account for account in Account.objects.order_by("name")}
        mailboxes = [(key, account.name) for key, account in self.accounts.items()]
        doors = [(RECEIVER, gettext("our own mail receiver")), (PIPE, gettext("pipe"))]
        self.fields["way"].choices = [*doors, *mailboxes]
        self.addresses = list(Address.objects.filter(is_active=True).values_list("address", flat=True)[:200])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        file = cleaned.get("file")
        if file is not None and file.size > MAX_BYTES:
            self.add_error("file", _("It is larger than a message may be here."))
        elif file is None and not cleaned.get("text") and not self.errors:
            raise ValidationError(_("Choose a file, or paste the source of a message."))
        return cleaned

    @property
    def raw(self) -> bytes:
        file = self.cleaned_data.get("file")
        if file is not None:
            file.seek(0)
        return file.read() if file is not None else self.cleaned_data["text"].encode("utf-8", "surrogateescape")

    @property
    def arrival(self) -> Arrival:
        way, recipient = self.cleaned_data["way"], self.cleaned_data["recipient"].strip()
        account = self.accounts.get(way)
        if account is not None:
            return Arrival(account=account, source=Incoming.Source.IMAP)
        recipients = (recipient,) if recipient else ()
        if way == PIPE:
            return Arrival(source=Incoming.Source.PIPE, recipients=recipients)
        return Arrival(source=Incoming.Source.SMTP, recipients=recipients, sender=self._sender)

    @property
    def _sender(self) -> str:
        """As a server would name it at the door: the Return-Path it left, else whoever stands in From, else nobody."""
        headers = BytesHeaderParser(policy=compat32).parsebytes(self.raw)
        return parseaddr(str(headers.get("Return-Path") or headers.get("From") or ""))[1]
