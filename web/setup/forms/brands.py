"""The form of a brand: how its portal looks and speaks, and who may sign up there."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.brands import LOGO_LIMIT, remove_logo, save_brand, set_logo
from accounts.domains import domains_with, save_rules
from accounts.models import Brand, DomainRule, User
from accounts.palette import contrast, palette
from core.text import clean_line
from mail.models import Address
from web.setup.forms.domains import Domains
from web.setup.forms.websites import with_safe_scheme

# Texts by language, and how long they may be.
TEXTS = {"greeting": 80, "intro": 200, "footer": 200}
TEXT_LABELS = {
    "greeting": _("Greeting above the search"),
    "intro": _("Line below the greeting"),
    "footer": _("Line at the foot"),
}
ALLOW, REFUSE = DomainRule.Verdict.ALLOW, DomainRule.Verdict.REFUSE


class BrandForm(forms.ModelForm):
    own_accent = forms.BooleanField(label=_("The area behind the search has a colour of its own"), required=False)
    picture = forms.FileField(
        label=_("Logo"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/gif,image/webp"}),
        help_text=_("PNG, JPEG, GIF or WebP, at most 200 kB. It is shown 30 pixels high, by day and by night."),
    )
    no_logo = forms.BooleanField(label=_("Remove the logo"), required=False)
    offered = forms.MultipleChoiceField(
        label=_("Languages offered"),
        choices=settings.LANGUAGES,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Without a choice, all of them."),
    )
    allowed = Domains(label=_("Allowed domains"), required=False, help_text=_("One a line, such as example.com."))
    refused = Domains(
        label=_("Refused domains"), required=False, help_text=_("With everything below them. A refusal wins.")
    )
    refused_everywhere = Domains(
        label=_("Domains refused at every brand"), required=False, help_text=_("Such as those of throwaway addresses.")
    )

    class Meta:
        model = Brand
        formfield_callback = with_safe_scheme
        fields = (
            *("name", "host", "is_active", "colour", "accent", "website", "sender_name", "sender_address"),
            *("language", "privacy_url", "imprint_url", "accessibility_url", "registration"),
        )
        labels = {
            "name": _("Name"),
            "host": _("Host name"),
            "is_active": _("Active"),
            "colour": _("Colour"),
            "accent": _("Colour behind the search"),
            "website": _("Website"),
            "sender_name": _("Name of the sender"),
            "sender_address": _("Address of the sender"),
            "language": pgettext_lazy("brand", "Language"),
            "privacy_url": _("Privacy notice"),
            "imprint_url": _("Imprint"),
            "accessibility_url": _("Accessibility statement"),
            "registration": _("Who may sign up"),
        }
        help_texts = {
            "host": _("Under which the portal is met, such as help.example.com. It must lead to this server."),
            "is_active": _("Under the host name of an inactive brand people meet the default one."),
            "colour": _("Of buttons, links and marks. Where it is too bright or too dark, a shade of it is shown."),
            "sender_name": _("Stands in mails of queues that have no address of their own."),
            "sender_address": _("One of the email addresses of the helpdesk."),
            "language": _("For texts that are missing in the language of the reader."),
        }
        error_messages = {"name": {"unique": _("There is already a brand with this name.")}}
        widgets = {
            "colour": forms.TextInput(attrs={"type": "color"}),
            "accent": forms.TextInput(attrs={"type": "color"}),
            "registration": forms.RadioSelect,
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        brand = self.instance
        self.initial["own_accent"] = bool(brand.accent)
        self.initial["accent"] = brand.accent or brand.colour
        self.initial["offered"] = brand.languages
        addresses = Address.objects.filter(is_active=True).order_by("address").values_list("address", flat=True)
        known = list(dict.fromkeys([*addresses, *filter(None, [brand.sender_address])]))
        self.fields["sender_address"] = forms.ChoiceField(
            label=_("Address of the sender"),
            choices=[("", _("That of the queue, or the first of the helpdesk")), *((one, one) for one in known)],
            required=False,
            help_text=_("For queues of this brand that have no address of their own, and for letters to people."),
        )
        for name, verdict in (("allowed", ALLOW), ("refused", REFUSE)):
            self.initial[name] = "\n".join(domains_with(verdict, brand=brand)) if brand.pk else ""
        if brand.is_default:
            del self.fields["host"], self.fields["is_active"]
            self.initial["refused_everywhere"] = "\n".join(domains_with(REFUSE, brand=None))
        else:
            del self.fields["refused_everywhere"]
        if not brand.logo:
            del self.fields["no_logo"]
        for code, _name in settings.LANGUAGES:
            self._add_language(code)

    @property
    def languages(self) -> Iterable[tuple[str, list[forms.BoundField], bool]]:
        """For each language its name, its fields, and whether it has texts or errors."""
        for code, name in settings.LANGUAGES:
            bound = [self[f"{field}_{code}"] for field in TEXTS]
            yield gettext(name), bound, any(one.value() or one.errors for one in bound)

    def clean_name(self) -> str:
        return clean_line(self.cleaned_data["name"], 60)

    def clean_sender_name(self) -> str:
        return clean_line(self.cleaned_data["sender_name"], 100)

    def clean_picture(self) -> Any:
        picture = self.cleaned_data["picture"]
        if picture and picture.size > LOGO_LIMIT:
            raise ValidationError(_("This picture is too large. A logo has at most 200 kB."))
        return picture

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not cleaned.get("own_accent"):
            cleaned["accent"] = ""
        return cleaned

    def _get_validation_exclusions(self) -> set[str]:
        """Whether the host name is free `save_brand` says, in better words than the database."""
        return {*super()._get_validation_exclusions(), "host"}

    def _post_clean(self) -> None:
        """What is no plain field of the row; the picture is kept when the rest is right."""
        super()._post_clean()
        brand, cleaned = self.instance, self.cleaned_data
        brand.languages = cleaned.get("offered", [])
        for name, most in TEXTS.items():
            texts = {code: clean_line(cleaned.get(f"{name}_{code}") or "", most) for code, _name in settings.LANGUAGES}
            setattr(brand, name, {code: text for code, text in texts.items() if text})

    def save_all(self, *, by: User) -> Brand:
        """Raises `ValidationError`."""
        brand, cleaned = self.instance, self.cleaned_data
        if cleaned.get("no_logo"):
            remove_logo(brand)
        if cleaned.get("picture"):
            set_logo(brand, cleaned["picture"].read(), field="picture")
        save_brand(brand, by=by)
        save_rules(brand, {ALLOW: cleaned["allowed"], REFUSE: cleaned["refused"]}, by=by)
        if "refused_everywhere" in cleaned:
            save_rules(None, {REFUSE: cleaned["refused_everywhere"]}, by=by)
        return brand

    def _add_language(self, code: str) -> None:
        for name, most in TEXTS.items():
            self.fields[f"{name}_{code}"] = forms.CharField(
                label=TEXT_LABELS[name],
                max_length=most,
                required=False,
                initial=getattr(self.instance, name).get(code, ""),
                widget=forms.TextInput(attrs={"lang": code, "dir": "auto", "autocomplete": "off"}),
            )


class Shown(forms.Form):
    """The colours that are shown before anything is saved."""

    colour = forms.RegexField(r"\A#[0-9a-f]{6}\Z")
    accent = forms.RegexField(r"\A(#[0-9a-f]{6})?\Z", required=False)
    own_accent = forms.BooleanField(required=False)

    def context(self) -> dict[str, Any]:
        picked, behind = self.cleaned_data["colour"], self.cleaned_data["accent"]
        return preview_of(picked, behind if self.cleaned_data["own_accent"] else "")


def preview_of(picked: str, behind: str) -> dict[str, Any]:
    """The palette and what an administrator should know about it."""
    return {"palette": palette(picked, behind), "picked": picked, "ratio": f"{contrast(picked, '#ffffff'):.1f}"}
