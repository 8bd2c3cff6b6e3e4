"""The form of a role."""

from django.forms import BooleanField, CharField, Form, TextInput
from django.utils.translation import gettext_lazy as _

from accounts.models import Role, User
from accounts.roles import RoleFacts, edits_people, publishes_articles, writes_articles
from core.text import clean_line
from web.setup.forms.people_field import PeopleField


class RoleForm(Form):
    name = CharField(label=_("Name"), max_length=150)
    description = CharField(label=_("Description"), max_length=200, required=False)
    members = PeopleField(
        people=User.objects.filter(is_agent=True),
        unknown=_("No agent has the address %(address)s."),
        label=_("Members"),
        required=False,
        widget=TextInput(attrs={"list": "agents", "autocomplete": "off"}),
        help_text=_("Agents by name or address, with commas between them."),
    )

    edits_people = BooleanField(
        label=_("Looks after customers"),
        required=False,
        help_text=_("Members change addresses, organisations and notes of customers, and merge duplicates."),
    )
    writes_articles = BooleanField(
        label=_("Writes articles"),
        required=False,
        help_text=_("Members write articles of the knowledge base and translate them. Readers see nothing of it yet."),
    )
    publishes_articles = BooleanField(
        label=_("Publishes articles"),
        required=False,
        help_text=_("Members also approve articles, publish and archive them, and decide who can read them."),
    )

    def __init__(self, *args, role: Role | None, **kwargs) -> None:
        initial = {}
        if role is not None:
            members = role.group.user_set.filter(is_agent=True).order_by("name", "pk")
            initial = {
                "name": role.group.name,
                "description": role.description,
                "members": list(members),
                "edits_people": edits_people(role.group),
                "writes_articles": writes_articles(role.group),
                "publishes_articles": publishes_articles(role.group),
            }
        super().__init__(*args, initial=initial, label_suffix="", **kwargs)

    def clean_name(self) -> str:
        return clean_line(self.cleaned_data["name"], 150)

    @property
    def facts(self) -> RoleFacts:
        found = self.cleaned_data
        members = tuple(found["members"])
        marks = {name: found[name] for name in ("edits_people", "writes_articles", "publishes_articles")}
        return RoleFacts(found["name"], found["description"], members, **marks)
