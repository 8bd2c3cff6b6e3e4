"""Forms of who is known and who is believed: senders, and what comes by a mailbox or a door."""

from django.forms import ModelForm, RadioSelect, TextInput
from django.utils.translation import gettext_lazy as _

from mail.models import KnownSender, Trust
from mail.trust import MAX_HOPS


class KnownSenderForm(ModelForm):
    class Meta:
        model = KnownSender
        fields = ("pattern", "verdict", "note")
        labels = {"pattern": _("Address or domain"), "verdict": _("Its mail is"), "note": _("Note")}
        help_texts = {
            "pattern": _("One address, or @example.com for everybody of a domain and of the domains below it."),
            "note": _("For you and your colleagues: why it is here."),
        }
        widgets = {
            "pattern": TextInput(attrs={"inputmode": "email", "autocomplete": "off", "spellcheck": "false"}),
            "verdict": RadioSelect,
        }

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, label_suffix="", **kwargs)

    def _post_clean(self) -> None:
        """What is a domain and what is taken the verb says, in one place for all (mail/filters.py)."""
        for name in ("pattern", "verdict", "note"):
            if name in self.cleaned_data:
                setattr(self.instance, name, self.cleaned_data[name])


class TrustForm(ModelForm):
    class Meta:
        model = Trust
        fields = ("server", "hops", "is_below", "reads_headers")
        labels = {
            "server": _("Name of the server that checks senders"),
            "hops": _("“Received” lines of your own servers"),
            "is_below": _("Its result stands below its own “Received” line"),
            "reads_headers": _("Obey X-Helpdesk and X-OTRS headers"),
        }
        help_texts = {
            "server": _(
                "As it stands first in its Authentication-Results, such as mx.example.com; or “Microsoft 365”, which "
                "gives no name and needs nothing else here. Empty: nobody."
            ),
            "hops": _(
                "How many lines at the top of a message your own servers have written. What stands further down may "
                "come from the sender and is not believed."
            ),
            "is_below": _("As at Gmail. Then that server must remove results that senders add in its name."),
            "reads_headers": _(
                "Queue, priority, type, status, owner, fields, tags, title and “ignore” are set by whoever writes the "
                "message. Only for mail of your own programs, never for mail from outside."
            ),
        }

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self.fields["hops"].min_value, self.fields["hops"].max_value = 0, MAX_HOPS
        self.fields["hops"].widget.attrs.update({"min": 0, "max": MAX_HOPS})
        self.fields["server"].widget.attrs.update({"autocomplete": "off", "spellcheck": "false", "list": "checkers"})
