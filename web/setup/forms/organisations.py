"""The form of an organisation, and the marks of those who belong to it."""

from django.forms import ModelForm, Textarea, TextInput
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, Organisation, User
from core.text import clean_line
from web.setup.forms.people_field import PeopleField


class OrganisationForm(ModelForm):
    join = PeopleField(
        people=User.objects.filter(system_key__isnull=True),
        unknown=_("Nobody has the address %(address)s."),
        label=_("Add people"),
        required=False,
        widget=TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "inputmode": "email"}),
        help_text=_("By address, with commas between them."),
    )

    class Meta:
        model = Organisation
        fields = ("name", "notes")
        labels = {"name": _("Name"), "notes": _("Notes")}
        help_texts = {"notes": _("Only agents read them.")}
        error_messages = {"name": {"unique": _("There is already an organisation with this name.")}}
        widgets = {"notes": Textarea(attrs={"rows": 4})}

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, label_suffix="", **kwargs)

    def clean_name(self) -> str:
        return clean_line(self.cleaned_data["name"], 200)


def marks(data: QueryDict, shown: list[Membership]) -> tuple[dict[int, bool], set[int]]:
    """Who of those shown sees all from now on, and who leaves (ids of people)."""
    ids = {str(membership.user_id) for membership in shown}
    seeing, leaving = ids & set(data.getlist("sees_all")), ids & set(data.getlist("leave"))
    sent = ids & set(data.getlist("shown"))
    return {int(pk): pk in seeing for pk in sent - leaving}, {int(pk) for pk in leaving}
