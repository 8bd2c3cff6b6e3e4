"""The form of a mailbox. The password is written and never shown again."""

from operator import attrgetter
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.forms import CharField, ModelForm, PasswordInput
from django.utils.translation import gettext_lazy as _

from mail.models import Account
from tickets.models import Queue


class AccountForm(ModelForm):
    password = CharField(
        label=_("Password"),
        required=False,
        strip=False,
        max_length=500,
        widget=PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    class Meta:
        model = Account
        fields = (
            "name",
            "host",
            "port",
            "security",
            "username",
            "password",
            "folder",
            "after",
            "move_to",
            "queue",
            "is_active",
        )
        labels = {
            "name": _("Name"),
            "host": _("Server"),
            "port": _("Port"),
            "security": _("Encryption"),
            "username": _("User name"),
            "folder": _("Folder"),
            "after": _("What happens to fetched mail"),
            "move_to": _("Folder for fetched mail"),
            "queue": _("Queue"),
            "is_active": _("Active"),
        }
        help_texts = {
            "name": _("For you and your colleagues, for example “Support at the provider”."),
            "port": _("Usually 993 with TLS from the start, 143 otherwise."),
            "folder": _("Where new mail arrives, usually INBOX."),
            "after": _("Every message is stored here first; only then is it moved or deleted there."),
            "move_to": _("Only for “Move it to a folder”. It is made when it is not there."),
            "is_active": _("Mail is fetched from active mailboxes, once a minute."),
        }
        error_messages = {"name": {"unique": _("There is already a mailbox with this name.")}}

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self.fields["queue"].queryset = Queue.objects.active().order_by("path")
        self.fields["queue"].label_from_instance = attrgetter("place")
        self.fields["queue"].empty_label = _("The one with the address the mail was sent to")
        self.fields["port"].validators += [MinValueValidator(1), MaxValueValidator(65535)]
        self.fields["password"].required = not self.instance.sealed_password
        if self.instance.sealed_password:
            self.fields["password"].help_text = _("There is one. Leave this empty to keep it.")

    @property
    def can_be_tried(self) -> bool:
        """Whatever is needed to reach the server has been filled in well."""
        return not {"host", "port", "security", "username", "password", "folder"} & set(self.errors)

    def clean_host(self) -> str:
        host = self.cleaned_data["host"].strip()
        if not host or any(sign in host for sign in " /@:?#"):
            raise ValidationError(_("Write the name of the server alone, for example imap.example.com."))
        return host

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("after") == Account.After.MOVE and not cleaned.get("move_to"):
            self.add_error("move_to", _("Write the folder into which fetched mail moves."))
        return cleaned

    def _post_clean(self) -> None:
        super()._post_clean()
        if self.cleaned_data.get("password"):
            self.instance.password = self.cleaned_data["password"]
