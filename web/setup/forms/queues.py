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
        fields = ("name", "parent", "description", "language", "signature", "follow_up", "is_active")
        help_texts = {
            "parent": _("Rights on a queue count for everything inside it."),
            "language": _("Used when the language of the customer is not known."),
            "signature": _("Goes below every reply that leaves from this queue."),
            "is_active": _("An inactive queue keeps its tickets, but nothing new can be put into it by hand."),
        }
        labels = {
            "name": _("Name"),
            "parent": pgettext_lazy("queue", "Inside"),
            "description": _("Description for agents"),
            "language": _("Default language of replies"),
            "signature": _("Signature"),
            "follow_up": _("Reply to a solved ticket"),
            "is_active": _("Active"),
        }
        widgets = {"signature": Textarea(attrs={"rows": 4})}

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self.fields["parent"].queryset = _possible_parents(self.instance)
        self.fields["parent"].label_from_instance = attrgetter("place")
        self.fields["parent"].empty_label = _("None, top level")
        self.fields["language"].choices = [("", _("Language of the customer")), *self.fields["language"].choices[1:]]

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
