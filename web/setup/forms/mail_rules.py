"""The form of the house's figures about mail."""

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.forms import ModelForm, Textarea
from django.utils.translation import gettext_lazy as _

from mail.models import MailRules

# The smallest and largest figure of each field; 0 means "no limit" where it is allowed.
RANGES = {
    "answers_per_hour": (1, 1000),
    "answers_per_day": (1, 10_000),
    "storm_minutes": (1, 1440),
    "storm_of_sender": (0, 100_000),
    "storm_of_ticket": (0, 100_000),
    "domain_parallel": (1, 100),
    "domain_per_minute": (0, 10_000),
    "hold_new_recipients": (0, 1000),
}
MOST_LINES = 2_000


class MailRulesForm(ModelForm):
    class Meta:
        model = MailRules
        fields = (
            "answers_new",
            "answers_follow_up",
            "answers_rejected",
            "answers_continued",
            "answers_per_hour",
            "answers_per_day",
            "answers_authenticated",
            "storm_minutes",
            "storm_of_sender",
            "storm_of_ticket",
            "storm_never",
            "domain_parallel",
            "domain_per_minute",
            "hold_new_recipients",
            "hold_typos",
            "never_send_to",
        )
        labels = {
            "answers_new": _("Reply to a new ticket"),
            "answers_follow_up": _("Reply to a further message"),
            "answers_rejected": _("Reply to a refused message on a closed ticket"),
            "answers_continued": _("Reply when a closed ticket continues in a new one"),
            "answers_per_hour": _("Replies to one address per hour"),
            "answers_per_day": _("Replies to one address per day"),
            "answers_authenticated": _("Only to senders who are proven"),
            "storm_minutes": _("Minutes that are looked at"),
            "storm_of_sender": _("Messages of one sender in that time"),
            "storm_of_ticket": _("Messages to one ticket in that time"),
            "storm_never": _("Senders without a limit"),
            "domain_parallel": _("Messages to one domain at once"),
            "domain_per_minute": _("Messages to one domain per minute"),
            "hold_new_recipients": _("New recipients of one message"),
            "hold_typos": _("Hold addresses that look mistyped"),
            "never_send_to": _("Addresses that get no mail"),
        }
        help_texts = {
            "answers_authenticated": _("SPF, DKIM and DMARC say who; without their result nobody gets a reply."),
            "storm_of_sender": _("More become no tickets until it is quiet again. 0 means no limit."),
            "storm_of_ticket": _("More are not added until it is quiet again. 0 means no limit."),
            "storm_never": _("An address or a domain per line, for example monitoring.example.com."),
            "domain_per_minute": _("0 means no limit. A domain that asks us to slow down is given time by itself."),
            "hold_new_recipients": _("More than these wait for a second look of the agent. 0 means no limit."),
            "hold_typos": _("Such as gmial.com; the agent corrects them or sends anyway."),
            "never_send_to": _("An address or a domain per line. Automatic replies to them are not sent at all."),
        }
        widgets = {"storm_never": Textarea(attrs={"rows": 3}), "never_send_to": Textarea(attrs={"rows": 3})}

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        for name, (least, most) in RANGES.items():
            self.fields[name].validators = [MinValueValidator(least), MaxValueValidator(most)]

    def clean_storm_never(self) -> str:
        return _lines(self.cleaned_data["storm_never"])

    def clean_never_send_to(self) -> str:
        return _lines(self.cleaned_data["never_send_to"])


def _lines(text: str) -> str:
    """One entry per line, each an address or a domain."""
    entries = [line.strip() for line in text.splitlines() if line.strip()]
    if len(entries) > MOST_LINES:
        raise ValidationError(_("These are too many lines."))
    for entry in entries:
        if " " in entry or "." not in entry:
            raise ValidationError(_("“%(entry)s” is neither an address nor a domain."), params={"entry": entry[:80]})
    return "\n".join(entries)
