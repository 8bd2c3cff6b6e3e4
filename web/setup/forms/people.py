"""The form of a person, and how people are searched."""

import re

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.forms import (
    BooleanField,
    CharField,
    CheckboxSelectMultiple,
    ChoiceField,
    EmailField,
    Form,
    ModelMultipleChoiceField,
    TextInput,
)
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.administration import FIELDS, PersonFacts
from accounts.models import ConfigChange, Organisation, Role, User
from core.text import clean_line
from web.common.locales import language_choices, zone_choices

MAX_ADDRESSES = 20


class PersonForm(Form):
    name = CharField(label=gettext_lazy("Name"), max_length=150)
    email = EmailField(
        label=gettext_lazy("Email"),
        max_length=254,
        help_text=gettext_lazy("They sign in with it, and it is where our mail goes."),
    )
    further = CharField(
        label=gettext_lazy("Other addresses they write from"),
        required=False,
        max_length=6000,
        widget=TextInput(attrs={"inputmode": "email", "autocomplete": "off", "spellcheck": "false"}),
        help_text=gettext_lazy("With commas between them."),
    )
    phone = CharField(label=gettext_lazy("Phone"), required=False, max_length=50)
    is_customer = BooleanField(
        label=gettext_lazy("Customer"),
        required=False,
        help_text=gettext_lazy("Writes requests and follows them in the portal."),
    )
    is_agent = BooleanField(
        label=gettext_lazy("Agent"),
        required=False,
        help_text=gettext_lazy("Works tickets, in the queues that the roles below allow."),
    )
    is_administrator = BooleanField(
        label=gettext_lazy("Administrator"),
        required=False,
        help_text=gettext_lazy("Changes everything here, but sees only the tickets that roles allow."),
    )
    is_active = BooleanField(
        label=gettext_lazy("Active"),
        required=False,
        help_text=gettext_lazy("An inactive person cannot sign in, and mail from them waits in quarantine."),
    )
    roles = ModelMultipleChoiceField(
        Role.objects.none(),
        label=gettext_lazy("Roles"),
        required=False,
        widget=CheckboxSelectMultiple,
        help_text=gettext_lazy("They count for agents only."),
    )
    language = ChoiceField(label=gettext_lazy("Language"), required=False)
    time_zone = ChoiceField(label=gettext_lazy("Time zone"), required=False)
    organisation = CharField(
        label=gettext_lazy("Organisation"),
        required=False,
        max_length=200,
        widget=TextInput(attrs={"list": "organisations", "autocomplete": "off"}),
    )
    sees_all = BooleanField(
        label=gettext_lazy("Sees all requests of the organisation"),
        required=False,
        help_text=gettext_lazy("Without it, they see only their own."),
    )

    def __init__(self, *args, person: User | None, **kwargs) -> None:
        super().__init__(*args, initial=_initial(person), label_suffix="", **kwargs)
        # who somebody else has put into a role meanwhile stays there (accounts/roles.py)
        self.stale: list[ConfigChange] = []
        self.fields["roles"].queryset = Role.objects.select_related("group").order_by("group__name")
        self.fields["language"].choices = language_choices()
        self.fields["time_zone"].choices = zone_choices(person.time_zone if person else "")

    @property
    def posted_roles_shown(self) -> list[int] | None:
        """The roles that the page showed as held; None of a program that has looked at nothing."""
        if "roles-shown" not in self.data:
            return None
        return [int(pk) for pk in self.data["roles-shown"].split() if pk.isascii() and pk.isdecimal() and len(pk) < 10]

    @property
    def roles_shown(self) -> str:
        """What the page carries; anew with a refusal that tells of roles."""
        is_told = any(line.kind == Role._meta.label_lower for line in self.stale)
        posted = None if is_told else self.posted_roles_shown
        held = [role.pk for role in self.initial.get("roles", [])] if posted is None else posted
        return " ".join(map(str, held))

    def clean_name(self) -> str:
        return clean_line(self.cleaned_data["name"], 150)

    def clean_further(self) -> tuple[str, ...]:
        addresses = tuple(part.strip() for part in re.split(r"[,;\s]", self.cleaned_data["further"]) if part.strip())
        if len(addresses) > MAX_ADDRESSES:
            raise ValidationError(_("That is too many addresses for one person."))
        for address in addresses:
            try:
                validate_email(address)
            except ValidationError as error:
                words = {"text": clean_line(address, 100)}
                raise ValidationError(_("“%(text)s” is not an email address.") % words) from error
        return addresses

    def clean_organisation(self) -> Organisation | None:
        name = self.cleaned_data["organisation"]
        if not name:
            return None
        found = Organisation.objects.filter(name=name).first()
        if found is None:
            raise ValidationError(_("There is no organisation with this name. Make it first, under Organisations."))
        return found

    @property
    def facts(self) -> PersonFacts:
        found = self.cleaned_data
        return PersonFacts(**{name: found[name] for name in (*FIELDS, "email", "further", "organisation", "sees_all")})


def _initial(person: User | None) -> dict:
    if person is None:
        return {"is_active": True, "is_customer": True}
    membership = person.memberships.select_related("organisation").filter(is_primary=True).first()
    further = person.addresses.exclude(address=person.email).order_by("address").values_list("address", flat=True)
    return {name: getattr(person, name) for name in (*FIELDS, "email")} | {
        "further": ", ".join(further),
        "roles": list(Role.objects.filter(group__user=person)),
        "organisation": membership.organisation.name if membership else "",
        "sees_all": bool(membership and membership.sees_all),
    }
