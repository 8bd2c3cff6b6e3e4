"""Brands: under which name, colours and host name customers meet us, and who may sign up there."""

from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from rest_framework import serializers

from accounts.brands import remove_logo, save_brand, set_logo
from accounts.domains import domains_with, save_rules
from accounts.models import Brand, DomainRule, User
from accounts.models.brand import Registration
from api.v1.fields import Base64Field, FlagField, StrictSerializer, TextField
from api.v1.setup import examples
from api.v1.setup.fields import LineField, TextsField, domains
from api.v1.setup.kinds import Changing, Kind, Values, doors_of
from api.v1.setup.words import TAG
from mail.models import Address

ALLOW, REFUSE = DomainRule.Verdict.ALLOW, DomainRule.Verdict.REFUSE
TEXTS = {"greeting": 80, "intro": 200, "footer": 200}
COLOUR = r"\A#[0-9a-f]{6}\Z"


class BrandSettingShape(serializers.Serializer):
    id = serializers.IntegerField(source="pk")
    name = serializers.CharField()
    key = serializers.CharField(help_text="In addresses; never changes.")
    is_default = serializers.BooleanField(help_text="Shown under every host name that is no other's.")
    is_active = serializers.BooleanField()
    host = serializers.CharField(help_text="Under which its portal is met.")
    colour = serializers.CharField(help_text="`#rrggbb`")
    accent = serializers.CharField(help_text="Behind the search; empty: made of the colour.")
    has_logo = serializers.SerializerMethodField()
    website = serializers.CharField()
    sender_name = serializers.CharField()
    sender_address = serializers.CharField()
    language = serializers.CharField()
    languages = serializers.ListField(child=serializers.CharField(), help_text="That visitors may choose; none: all.")
    greeting = TextsField(most=80)
    intro = TextsField(most=200)
    footer = TextsField(most=200)
    privacy_url = serializers.CharField()
    imprint_url = serializers.CharField()
    accessibility_url = serializers.CharField()
    registration = serializers.ChoiceField(Registration.choices, help_text="Who may sign up.")
    allowed_domains = serializers.SerializerMethodField(help_text="Whose people may sign up.")
    refused_domains = serializers.SerializerMethodField(help_text="With everything below them; a refusal wins.")

    def get_has_logo(self, brand: Brand) -> bool:
        return bool(brand.logo)

    def get_allowed_domains(self, brand: Brand) -> list[str]:
        return _domains(brand, ALLOW)

    def get_refused_domains(self, brand: Brand) -> list[str]:
        return _domains(brand, REFUSE)


class NewBrandForm(StrictSerializer):
    """A brand; what is left out is as on a new page."""

    name = LineField(min_length=1, max_length=60)
    host = TextField(max_length=253, allow_blank=True, required=False)
    is_active = FlagField(required=False)
    colour = serializers.RegexField(COLOUR, required=False)
    accent = serializers.RegexField(COLOUR, allow_blank=True, required=False)
    logo = Base64Field(required=False, allow_null=True, help_text="PNG, JPEG, GIF or WebP, 200 kB; null: none.")
    website = serializers.URLField(max_length=200, allow_blank=True, required=False)
    sender_name = LineField(max_length=100, allow_blank=True, required=False)
    sender_address = TextField(max_length=254, allow_blank=True, required=False, help_text="One of our addresses.")
    language = serializers.ChoiceField(settings.LANGUAGES, required=False)
    languages = serializers.ListField(
        child=serializers.ChoiceField(settings.LANGUAGES), max_length=len(settings.LANGUAGES), required=False
    )
    greeting = TextsField(most=TEXTS["greeting"], required=False)
    intro = TextsField(most=TEXTS["intro"], required=False)
    footer = TextsField(most=TEXTS["footer"], required=False)
    privacy_url = serializers.URLField(max_length=300, allow_blank=True, required=False)
    imprint_url = serializers.URLField(max_length=300, allow_blank=True, required=False)
    accessibility_url = serializers.URLField(max_length=300, allow_blank=True, required=False)
    registration = serializers.ChoiceField(Registration.choices, required=False)
    allowed_domains = domains(required=False, help_text="Exactly these.")
    refused_domains = domains(required=False, help_text="Exactly these.")

    def validate_languages(self, codes: list[str]) -> list[str]:
        return list(dict.fromkeys(codes))

    def validate_sender_address(self, address: str) -> str:
        if address and not Address.objects.filter(is_active=True, address=address).exists():
            raise serializers.ValidationError(_("This is none of the email addresses of the helpdesk."))
        return address


class ChangedBrandForm(Changing, NewBrandForm):
    """Any of these; what is not named stays as it is."""


def _domains(brand: Brand, verdict: str) -> list[str]:
    """Of what was prefetched."""
    return sorted(rule.domain for rule in brand.domain_rules.all() if rule.verdict == verdict)


def _save(brand: Any, values: Values, by: User) -> Brand:
    wanted = {verdict: values.pop(name, None) for verdict, name in _RULES.items()}
    if "logo" in values:
        logo = values.pop("logo")
        remove_logo(brand) if logo is None else set_logo(brand, logo)
    for name, value in values.items():
        setattr(brand, name, value)
    brand.clean_fields(exclude=["key", "host"])
    saved = save_brand(brand, by=by)
    rules = {verdict: domains_with(verdict, brand=saved) for verdict in _RULES}
    rules |= {verdict: sorted(set(found)) for verdict, found in wanted.items() if found is not None}
    save_rules(saved, rules, by=by)
    return saved


_RULES = {ALLOW: "allowed_domains", REFUSE: "refused_domains"}

BrandRows, BrandRow = doors_of(
    Kind(
        "Brand",
        "brands",
        TAG,
        rows=Brand.objects.prefetch_related("domain_rules").all,
        order=("-is_default", "name", "id"),
        shape=BrandSettingShape,
        new=NewBrandForm,
        changed=ChangedBrandForm,
        save=_save,
        about="The default one first. For administrators.",
        about_change="What is not named stays; texts and domains are replaced as a whole.",
        examples=[examples.BRAND],
        renamed=(("refused", "refused_domains"), ("key", "name")),
    )
)
