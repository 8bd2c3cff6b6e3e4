"""The form of a queue."""

from operator import attrgetter

from django.core.exceptions import ValidationError
from django.forms import ModelForm, Textarea
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tickets.models import Queue
from tickets.models.queue import SEPARATOR


class QueueForm(ModelForm):
    class Meta:
        model = Queue
        fields = (
            *("name", "parent", "description", "brand", "language", "signature", "follow_up"),
            *("secret_link_days", "is_guided", "is_junk", "is_active"),
        )
        help_texts = {
            "parent": _("Rights on a queue count for everything inside it."),
            "brand": _("Its tickets are seen in the portal of this brand alone, and answered in its name."),
            "language": _("Used when the language of the customer is not known."),
            "signature": _("Goes below every reply that leaves from this queue."),
            "secret_link_days": _(
                "A link in a mail to one customer opens that one request for so long. 0: everybody signs in."
            ),
            "is_guided": _(
                "They take what is most urgent, or say why not. Whoever may do everything here still chooses."
            ),
            "is_junk": _("Spam is moved here, by agents and by the rules for incoming mail. One queue can be this."),
            "is_active": _("An inactive queue keeps its tickets, but nothing new can be put into it by hand."),
        }
        labels = {
            "name": _("Name"),
            "parent": pgettext_lazy("queue", "Inside"),
            "description": _("Description for agents"),
            "brand": pgettext_lazy("queue", "Brand"),
            "language": _("Default language of replies"),
            "signature": _("Signature"),
            "follow_up": _("Reply to a solved ticket"),
            "secret_link_days": _("Links without sign-in, in days"),
            "is_guided": _("Agents get the next ticket and do not choose"),
            "is_junk": _("For spam"),
            "is_active": _("Active"),
        }
        widgets = {"signature": Textarea(attrs={"rows": 4})}

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self.fields["secret_link_days"].required = False
        self.fields["parent"].queryset = _possible_parents(self.instance)
        self.fields["parent"].label_from_instance = attrgetter("place")
        self.fields["parent"].empty_label = _("None, top level")
        self.fields["brand"].empty_label = _("None, tickets are seen in every portal")
        self.fields["language"].choices = [("", _("Language of the customer")), *self.fields["language"].choices[1:]]

    def clean_secret_link_days(self) -> int:
        """What a page of yesterday does not know stays as it is."""
        days = self.cleaned_data["secret_link_days"]
        return self.instance.secret_link_days if days is None else days

    def clean_name(self) -> str:
        name = self.cleaned_data["name"]
        if SEPARATOR in name:
            raise ValidationError(_("A name cannot contain two colons. They stand between the levels of the tree."))
        return name


def _possible_parents(queue: Queue):
    others = Queue.objects.order_by("path")
    if queue.pk:
        others = others.exclude(pk=queue.pk).exclude(path__startswith=f"{queue.path}{SEPARATOR}")
    return others
