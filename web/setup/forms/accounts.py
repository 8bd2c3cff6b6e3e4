"""The forms of a mailbox: choosing its provider, then everything. The password is written and never shown again."""

from operator import attrgetter

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.forms import (
    CharField,
    ChoiceField,
    DateInput,
    EmailField,
    EmailInput,
    Form,
    ModelForm,
    PasswordInput,
    Textarea,
    TextInput,
)
from django.utils.translation import gettext_lazy as _

from mail.accounts import check_account
from mail.fetching.providers import BY_KEY, PROVIDERS, Provider, guess
from mail.models import Account
from tickets.models import Queue


class ChooseForm(Form):
    """What the wizard asks first; the rest of the mailbox follows from it."""

    address = EmailField(
        label=_("Address of the mailbox"),
        max_length=253,
        widget=EmailInput(attrs={"autocomplete": "off", "placeholder": "support@example.com"}),
    )
    provider = ChoiceField(
        label=_("Provider"),
        required=False,
        choices=[("", _("Guess from the address")), *((one.key, one.name) for one in PROVIDERS)],
    )

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, label_suffix="", **kwargs)

    @property
    def chosen(self) -> Provider:
        return BY_KEY.get(self.cleaned_data["provider"]) or guess(self.cleaned_data["address"])


class AccountForm(ModelForm):
    password = CharField(
        label=_("Password"),
        required=False,
        strip=False,
        max_length=500,
        widget=PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    more_folders = CharField(
        label=_("More folders"),
        required=False,
        max_length=5_000,
        widget=Textarea(attrs={"rows": 2, "spellcheck": "false"}),
        help_text=_("One on each line. Mail is fetched from all of them."),
    )

    class Meta:
        model = Account
        fields = (
            "name",
            "protocol",
            "sign_in",
            "host",
            "port",
            "security",
            "username",
            "password",
            "folder",
            "more_folders",
            "start_on",
            "after",
            "move_to",
            "keep_days",
            "queue",
            "is_active",
            "silent_after",
        )
        widgets = {
            "start_on": DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
            "folder": TextInput(attrs={"list": "folders", "autocomplete": "off"}),
            "move_to": TextInput(attrs={"list": "folders", "autocomplete": "off"}),
        }
        labels = {
            "name": _("Name"),
            "protocol": _("Protocol"),
            "sign_in": _("Sign in"),
            "start_on": _("Fetch from"),
            "keep_days": _("Days before it is deleted there"),
            "host": _("Server"),
            "port": _("Port"),
            "security": _("Encryption"),
            "username": _("User name"),
            "folder": _("Folder"),
            "after": _("What happens to fetched mail"),
            "move_to": _("Folder for fetched mail"),
            "queue": _("Queue"),
            "is_active": _("Active"),
            "silent_after": _("Minutes until an alarm"),
        }
        help_texts = {
            "name": _("For you and your colleagues, for example “Support at the provider”."),
            "port": _("Usually 993 with TLS from the start and 143 otherwise; with POP3, 995 and 110."),
            "protocol": _("IMAP, where there is a choice: it has folders and tells of new mail at once."),
            "sign_in": _("Microsoft 365 and Google want OAuth 2. Save, then connect the mailbox on the next page."),
            "folder": _("Where new mail arrives, usually INBOX."),
            "start_on": _("What arrived before that day stays there untouched. Empty: everything is fetched."),
            "keep_days": _("Only for “Delete it”. 0 means at once."),
            "after": _("Every message is stored here first; only then is it moved or deleted there."),
            "move_to": _("Only for “Move it to a folder”. It is made when it is not there."),
            "is_active": _("Mail is fetched from active mailboxes, once a minute."),
            "silent_after": _("After so long without a visit that worked, administrators get a message."),
        }
        error_messages = {"name": {"unique": _("There is already a mailbox with this name.")}}

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self.fields["queue"].queryset = Queue.objects.active().order_by("path")
        self.fields["queue"].label_from_instance = attrgetter("place")
        self.fields["queue"].empty_label = _("The one with the address the mail was sent to")
        self.fields["port"].validators += [MinValueValidator(1), MaxValueValidator(65535)]
        self.fields["keep_days"].validators.append(MaxValueValidator(3650))
        self.fields["silent_after"].validators.append(MaxValueValidator(10_000))
        for name in ("protocol", "sign_in", "keep_days"):
            self.fields[name].required = False
        self.initial["more_folders"] = "\n".join(self.instance.more_folders)
        if self.instance.sealed_password:
            self.fields["password"].help_text = _("There is one. Leave this empty to keep it.")

    @property
    def can_be_tried(self) -> bool:
        """Whatever is needed to reach the server has been filled in well."""
        needed = {"protocol", "sign_in", "host", "port", "security", "username", "password", "folder", "more_folders"}
        return not needed & set(self.errors)

    def clean_silent_after(self) -> int:
        return self.cleaned_data.get("silent_after") or self.instance.silent_after

    def clean_protocol(self) -> str:
        return self.cleaned_data["protocol"] or self.instance.protocol

    def clean_sign_in(self) -> str:
        return self.cleaned_data["sign_in"] or self.instance.sign_in

    def clean_keep_days(self) -> int:
        return self.cleaned_data["keep_days"] or 0

    def clean_more_folders(self) -> list[str]:
        names = [line.strip() for line in self.cleaned_data["more_folders"].splitlines()]
        if any(len(name) > 200 for name in names):
            raise ValidationError(_("The name of a folder has at most 200 characters."))
        return list(dict.fromkeys(filter(None, names)))

    def _post_clean(self) -> None:
        super()._post_clean()
        if self.cleaned_data.get("password"):
            self.instance.password = self.cleaned_data["password"]
        try:
            check_account(self.instance)
        except ValidationError as error:
            for name, said in error.message_dict.items():
                if not self.has_error(name):
                    self.add_error(name, said)
