"""What agents say of customers and organisations."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts.customers import CustomerFacts
from accounts.models import Membership, Organisation, User
from core.text import clean_line
from web.common.locales import language_choices, zone_choices
from web.desk.forms.addresses import AddressesField

MAX_ADDRESSES = 20
MAX_ORGANISATIONS = 20


class OrganisationField(forms.CharField):
    """Names an organisation that there is; empty is None."""

    def __init__(self, *, organisations: QuerySet[Organisation], **options: Any) -> None:
        super().__init__(max_length=200, required=False, **options)
        self.organisations = organisations

    def clean(self, value: Any) -> Organisation | None:
        name = super().clean(value)
        if not name:
            return None
        found = self.organisations.filter(name=name).first() or self.organisations.filter(name__iexact=name).first()
        if found is None:
            raise ValidationError(_("There is no organisation with this name."))
        return found


class _Named(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=150)
    email = forms.EmailField(label=_("Email"), max_length=254)

    def clean_name(self) -> str:
        name = clean_line(self.cleaned_data["name"], 150)
        if not name:
            raise ValidationError(self.fields["name"].error_messages["required"], code="required")
        return name


class NewCustomer(_Named):
    """The few things one knows of a person on the phone."""

    phone = forms.CharField(label=_("Phone"), max_length=50, required=False)

    def __init__(self, *args: Any, organisations: QuerySet[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"] = _language()
        self.fields["organisation"] = OrganisationField(organisations=organisations, label=_("Organisation"))

    def facts(self) -> CustomerFacts:
        data = self.cleaned_data
        organisation = data["organisation"]
        return CustomerFacts(
            email=data["email"],
            name=data["name"],
            phone=clean_line(data["phone"], 50),
            language=data["language"],
            organisations=(organisation,) if organisation else (),
        )


class Customer(_Named):
    """Everything. The organisations are rows of marks beside the form (`memberships`); `join` adds one."""

    further = AddressesField(
        label=_("Other addresses they write from"), help_text=_("Mail from any of them counts as theirs.")
    )
    phone = forms.CharField(label=_("Phone"), max_length=50, required=False)
    is_vip = forms.BooleanField(label=_("VIP"), required=False, help_text=_("Agents see a mark beside the name."))
    notes = forms.CharField(
        label=_("Notes"), required=False, max_length=5_000, widget=forms.Textarea, help_text=_("Only agents read them.")
    )

    def __init__(self, *args: Any, person: User, organisations: QuerySet[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, initial=_said_of(person), **kwargs)
        self.person = person
        self.fields["language"] = _language()
        zones = zone_choices(person.time_zone)
        self.fields["time_zone"] = forms.ChoiceField(label=_("Time zone"), choices=zones, required=False)
        self.fields["join"] = OrganisationField(organisations=organisations, label=_("Add an organisation"))
        rows = list(person.memberships.select_related("organisation").order_by("-is_primary", "organisation__name"))
        self.memberships = [_marked(row, self.data) for row in rows] if self.is_bound else [_Marks(row) for row in rows]

    def clean_further(self) -> tuple[str, ...]:
        addresses = tuple(entry["address"] for entry in self.cleaned_data["further"])
        if len(addresses) > MAX_ADDRESSES:
            raise ValidationError(_("That is too many addresses for one person."))
        return addresses

    def clean_join(self) -> Organisation | None:
        if self.cleaned_data["join"] and len(self.memberships) >= MAX_ORGANISATIONS:
            raise ValidationError(_("That is too many organisations for one person."))
        return self.cleaned_data["join"]

    def facts(self) -> CustomerFacts:
        data = self.cleaned_data
        kept = [marks for marks in self.memberships if not marks.leaves]
        kept.sort(key=lambda marks: not marks.is_primary)
        joined = [data["join"]] if data["join"] else []
        return CustomerFacts(
            email=data["email"],
            name=data["name"],
            further=data["further"],
            phone=clean_line(data["phone"], 50),
            language=data["language"],
            time_zone=data["time_zone"],
            notes=data["notes"].strip(),
            is_vip=data["is_vip"],
            organisations=tuple(dict.fromkeys([*(marks.organisation for marks in kept), *joined])),
            sees_all=frozenset(marks.organisation.pk for marks in kept if marks.sees_all),
        )


class _Marks:
    """An organisation of the person, and what is said of it in the form."""

    def __init__(self, row: Membership) -> None:
        self.organisation = row.organisation
        self.is_primary, self.sees_all, self.leaves = row.is_primary, row.sees_all, False


class OrganisationForm(forms.ModelForm):
    class Meta:
        model = Organisation
        fields: ClassVar[Sequence[str]] = ["name", "is_vip", "notes"]
        labels: ClassVar[Mapping[str, Any]] = {"name": _("Name"), "notes": _("Notes"), "is_vip": _("VIP")}
        help_texts: ClassVar[Mapping[str, Any]] = {
            "notes": _("Only agents read them."),
            "is_vip": _("Agents see a mark beside the name."),
        }

    def clean_name(self) -> str:
        name = clean_line(self.cleaned_data["name"], 200)
        if not name:
            raise ValidationError(self.fields["name"].error_messages["required"], code="required")
        return name


def _marked(row: Membership, data: QueryDict) -> _Marks:
    """As the form was sent; organisations it did not show stay as they are."""
    marks, pk = _Marks(row), str(row.organisation_id)
    if pk in data.getlist("shown"):
        marks.is_primary = data.get("primary") == pk
        marks.sees_all = pk in data.getlist("sees_all")
        marks.leaves = pk in data.getlist("leave")
    return marks


def _language() -> forms.ChoiceField:
    return forms.ChoiceField(label=_("Language"), choices=language_choices(), required=False)


def _said_of(person: User) -> dict[str, Any]:
    others = person.addresses.exclude(address=person.email).order_by("address").values_list("address", flat=True)
    names = ("name", "email", "phone", "language", "time_zone", "notes", "is_vip")
    return {name: getattr(person, name) for name in names} | {"further": ", ".join(others)}
