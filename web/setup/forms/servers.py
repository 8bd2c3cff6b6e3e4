"""The form of a mail server that takes what we send. The password is written and never shown again."""

from operator import attrgetter

from django.core.exceptions import ValidationError
from django.forms import CharField, CheckboxSelectMultiple, ModelForm, PasswordInput
from django.utils.translation import gettext_lazy as _

from mail.models import Address, Consent, Server
from mail.ways import check_server
from tickets.models import Queue


class ServerForm(ModelForm):
    password = CharField(
        label=_("Password"),
        required=False,
        strip=False,
        max_length=500,
        widget=PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    class Meta:
        model = Server
        fields = (
            *("name", "is_active", "host", "security", "port", "username", "consent", "password"),
            *("queues", "addresses"),
        )
        labels = {
            "name": _("Name"),
            "host": _("Server"),
            "port": _("Port"),
            "security": _("Encryption"),
            "username": _("User name"),
            "consent": _("Sign in"),
            "queues": _("Queues"),
            "addresses": _("Addresses"),
            "is_active": _("Active"),
        }
        help_texts = {
            "name": _("For you and your colleagues, for example “Newsletter relay”."),
            "port": _("Usually 587 with STARTTLS, 465 with TLS from the start, 25 otherwise."),
            "username": _("Leave it empty where the server takes mail from here without signing in."),
            "consent": _(
                "Microsoft 365 and Google take tokens (OAuth 2). After saving, the mailbox is connected anew; until "
                "then nothing is fetched from it and nothing is sent."
            ),
            "queues": _("Mail of tickets in these queues, and in the queues inside them, leaves by this server."),
            "addresses": _("Mail from these addresses leaves by this server, whatever the queue."),
            "is_active": _("Mail leaves by active servers only."),
        }
        widgets = {"queues": CheckboxSelectMultiple, "addresses": CheckboxSelectMultiple}
        error_messages = {"name": {"unique": _("There is already a server with this name.")}}

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self.fields["queues"].queryset = Queue.objects.active().order_by("path")
        self.fields["queues"].label_from_instance = attrgetter("place")
        self.fields["addresses"].queryset = Address.objects.filter(is_active=True).order_by("address")
        self.fields["consent"].queryset = Consent.objects.select_related("account").order_by("account__name")
        self.fields["consent"].label_from_instance = attrgetter("account.name")
        self.fields["consent"].empty_label = _("with a password")
        if self.instance.sealed_password:
            self.fields["password"].help_text = _("There is one. Leave this empty to keep it.")

    @property
    def can_be_tried(self) -> bool:
        """Whatever is needed to reach the server has been filled in well."""
        return not {"host", "port", "security", "username", "consent", "password"} & set(self.errors)

    def clean_host(self) -> str:
        host = self.cleaned_data["host"].strip()
        if not host or any(sign in host for sign in " /@:?#"):
            raise ValidationError(_("Write the name of the server alone, for example smtp.example.com."))
        return host

    def clean_username(self) -> str:
        return self.cleaned_data["username"].strip()

    def _post_clean(self) -> None:
        super()._post_clean()
        if self.cleaned_data.get("password"):
            self.instance.password = self.cleaned_data["password"]
        if self.cleaned_data.get("consent") or not self.cleaned_data.get("username"):
            self.instance.password = ""
        try:
            check_server(self.instance)
        except ValidationError as error:
            self.add_error(None, error)
