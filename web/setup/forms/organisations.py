"""The form of an organisation, and the marks of those who belong to it."""

from django.forms import BooleanField, ModelForm, Textarea, TextInput
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, Organisation, User
from core.text import clean_line
from web.setup.forms.domains import Domains
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

    domains = Domains(
        label=_("Domains"),
        required=False,
        help_text=_("One a line. Whoever confirms an address of one of them belongs here at once."),
    )
    domain_sees_all = BooleanField(label=_("Whoever joins by a domain sees all requests"), required=False)

    class Meta:
        model = Organisation
        fields = ("name", "notes")
        labels = {"name": _("Name"), "notes": _("Notes")}
        help_texts = {"notes": _("Only agents read them.")}
        error_messages = {"name": {"unique": _("There is already an organisation with this name.")}}
        widgets = {"notes": Textarea(attrs={"rows": 4})}

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        known = list(self.instance.domains.all()) if self.instance.pk else []
        self.initial["domains"] = "\n".join(one.domain for one in known)
        self.initial["domain_sees_all"] = any(one.sees_all for one in known)

    def clean_name(self) -> str:
        return clean_line(self.cleaned_data["name"], 200)


def managers(data: QueryDict, shown: list[Membership]) -> dict[int, bool]:
    """Who of those shown manages the people from now on (ids of people)."""
    sent = {str(membership.user_id) for membership in shown} & set(data.getlist("shown"))
    return {int(pk): pk in data.getlist("is_manager") for pk in sent}


def marks(data: QueryDict, shown: list[Membership]) -> tuple[dict[int, bool], set[int]]:
    """Who of those shown sees all from now on, and who leaves (ids of people)."""
    ids = {str(membership.user_id) for membership in shown}
    seeing, leaving = ids & set(data.getlist("sees_all")), ids & set(data.getlist("leave"))
    sent = ids & set(data.getlist("shown"))
    return {int(pk): pk in seeing for pk in sent - leaving}, {int(pk) for pk in leaving}
