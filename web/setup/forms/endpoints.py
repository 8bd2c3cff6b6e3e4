"""The form of a webhook, but for its events and its condition (web/setup/endpoint_page.py)."""

from operator import attrgetter

from django.core.exceptions import ValidationError
from django.forms import (
    CharField,
    CheckboxSelectMultiple,
    ChoiceField,
    ModelForm,
    RadioSelect,
    Textarea,
    TextInput,
    URLInput,
)
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from automation.endpoints import check_address, check_headers
from automation.happenings import ANYTHING
from automation.models import Endpoint
from tickets.models import Queue

PLAIN = {"autocomplete": "off", "spellcheck": "false"}
ALL, SOME, NONE = "all", "some", "none"


class EndpointForm(ModelForm):
    url = CharField(
        label=_("Address"),
        max_length=1000,
        widget=URLInput(attrs={**PLAIN, "placeholder": "https://example.com/hooks/helpdesk"}),
        help_text=_("With https. Redirects are not followed."),
    )
    hears = ChoiceField(
        label=_("Events"),
        choices=[
            (ALL, _("All events")),
            (SOME, _("Only these events")),
            (NONE, _("None by itself, only what rules, schedules, macros and notices send to it")),
        ],
        widget=RadioSelect,
        error_messages={"required": _("Choose which events it hears of.")},
    )
    headers = CharField(
        label=_("Own headers"),
        required=False,
        max_length=20_000,
        widget=Textarea(attrs={**PLAIN, "rows": 3, "class": "textarea mono", "placeholder": "Authorization: Bearer …"}),
    )

    class Meta:
        model = Endpoint
        fields = (
            "name",
            "is_active",
            "url",
            "queues",
            "sends_text",
            "sends_internal",
            "body",
            "content_type",
            "give_up_days",
        )
        labels = {
            "name": _("Name"),
            "is_active": _("Active"),
            "queues": _("Queues"),
            "sends_text": _("The words of messages are sent, too"),
            "sends_internal": _("Internal notes are told, too"),
            "body": _("Own body"),
            "content_type": _("Its media type"),
            "give_up_days": _("Switch it off after so many days of failures"),
        }
        help_texts = {
            "name": _("For you and your colleagues, for example “Chat of the night shift”."),
            "is_active": _("An inactive one is told nothing, and what waits for it is given up."),
            "queues": _("It hears of tickets in these queues and in those inside. Without a choice: of all."),
            "sends_text": _("Else only who wrote, when and about which ticket."),
            "sends_internal": _("What the team says among itself, and that it was said."),
            "body": _(
                "Only where the other side wants another form than the documented JSON. Placeholders are the same "
                "values, such as {{ data.ticket.title | json }}."
            ),
        }
        widgets = {
            "queues": CheckboxSelectMultiple,
            "body": Textarea(attrs={**PLAIN, "rows": 6, "class": "textarea mono"}),
            "content_type": TextInput(attrs=PLAIN),
        }
        error_messages = {"name": {"unique": _("There is already a webhook with this name.")}}

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        if self.instance.pk:
            self.initial.setdefault("hears", hears(self.instance))
        self.fields["queues"].queryset = Queue.objects.active().order_by("path")
        self.fields["queues"].label_from_instance = attrgetter("place")
        self.fields["content_type"].required = False
        hint = gettext("One per line. They are stored encrypted and never shown again.")
        if self.instance.sealed_header_secrets:
            hint += " " + gettext("There are some. Leave this empty to keep them, or write a dash to remove them.")
        self.fields["headers"].help_text = hint

    def clean_url(self) -> str:
        try:
            return check_address(self.cleaned_data["url"])
        except ValidationError as error:
            raise ValidationError(error.message_dict["url"]) from error

    def clean_headers(self) -> dict[str, str] | None:
        """None: as they are."""
        text = self.cleaned_data["headers"].strip()
        if not text:
            return None
        if text in ("-", "–"):
            return {}
        found = {}
        for line in text.splitlines():
            name, colon, value = line.partition(":")
            if line.strip() and not colon:
                raise ValidationError(gettext("Write each header as a name, a colon and a value."))
            if line.strip():
                found[name.strip()] = value.strip()
        return check_headers(found)

    def _post_clean(self) -> None:
        super()._post_clean()
        if self.cleaned_data.get("headers") is not None:
            self.instance.headers = self.cleaned_data["headers"]


def hears(endpoint: Endpoint) -> str:
    """Whether it is told of all events, of some, or of none by itself."""
    if ANYTHING in endpoint.events:
        return ALL
    return SOME if endpoint.events else NONE
