"""The form of a text in several languages: one field for each, and which translations are missing or older."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.forms import BooleanField, CharField, Form, ModelForm, Textarea
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from automation.contents import check_text, save_content, text_for
from automation.models import Content
from tickets.models import Ticket
from tickets.wordings import PLACEHOLDERS
from web.common.placeholders import groups
from web.setup.previews import MAX_BODY, Preview, preview, values_in

LANGUAGES = tuple(settings.LANGUAGES)
TEXT, RIGHT = "text_", "right_"


def _fields() -> dict[str, Any]:
    """A text and whether it still fits, for each language of the house."""
    fields: dict[str, Any] = {}
    for code, name in LANGUAGES:
        area = Textarea(attrs={"rows": 4, "lang": code, "dir": "auto"})
        fields[f"{TEXT}{code}"] = CharField(label=name, required=False, max_length=MAX_BODY, widget=area)
        fields[f"{RIGHT}{code}"] = BooleanField(
            label=_("This translation still fits"), required=False, help_text=_("The original has changed since.")
        )
    return fields


_Texts = type("_Texts", (Form,), _fields())


class ContentForm(_Texts, ModelForm):  # type: ignore[misc, valid-type]
    # Fields with placeholders in them.
    templates: ClassVar = tuple(f"{TEXT}{code}" for code, _name in LANGUAGES)

    class Meta:
        model = Content
        fields = ("name", "key", "language", "is_liquid", "is_active")
        labels = {
            "name": _("Name"),
            "key": _("Key"),
            "language": _("Original language"),
            "is_liquid": _("Placeholders in it are filled in"),
            "is_active": _("Active"),
        }
        help_texts = {
            "key": _("Other texts take it in by this word; it cannot be changed later."),
            "language": _("When this text changes, the others are marked until somebody has looked at them."),
            "is_liquid": _("Without it, braces stay as they are written."),
            "is_active": _("Where an inactive text is taken in, nothing stands."),
        }
        error_messages = {
            "name": {"unique": _("There is already a text with this name.")},
            "key": {"unique": _("There is already a text with this key.")},
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        content = self.instance
        self.placeholders = groups(PLACEHOLDERS)
        self.fields["key"].disabled = bool(content.pk)
        original = f"{TEXT}{self.data.get('language') or content.language}"
        if original in self.fields:
            self.fields[original].required = True
        outdated = content.outdated() if content.pk else []
        for code, _name in LANGUAGES:
            self.initial.setdefault(f"{TEXT}{code}", content.texts.get(code, ""))
            if code not in outdated:
                del self.fields[f"{RIGHT}{code}"]
        if content.pk:
            for code in content.missing():
                self.fields[f"{TEXT}{code}"].help_text = _("Missing: readers of this language get another one.")
        self.order_fields(["name", "key", "language", *self._texts_first(content.language), "is_liquid", "is_active"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("is_liquid"):
            for code, _name in LANGUAGES:
                self._check(f"{TEXT}{code}", cleaned.get(f"{TEXT}{code}") or "", cleaned.get("key") or "")
        self.instance.texts = {code: cleaned.get(f"{TEXT}{code}", "") for code, _name in LANGUAGES}
        return cleaned

    def still_right(self) -> frozenset[str]:
        return frozenset(code for code, _name in LANGUAGES if self.cleaned_data.get(f"{RIGHT}{code}"))

    def _check(self, field: str, text: str, key: str) -> None:
        try:
            check_text(text, key=key, language=field.removeprefix(TEXT))
        except ValidationError as error:
            self.add_error(field, error)

    def _texts_first(self, original: str) -> list[str]:
        """The original above its translations, each with its mark."""
        codes = sorted((code for code, _name in LANGUAGES), key=lambda code: code != original)
        return [f"{kind}{code}" for code in codes for kind in (TEXT, RIGHT)]


def save_content_form(form: ContentForm, request: HttpRequest) -> None:
    save_content(form.instance, by=request.user, still_right=form.still_right())


def preview_of_content(request: HttpRequest) -> Preview:
    """Each language as its readers would get it, of the form as it was typed."""
    data = request.POST
    texts = {code: data.get(f"{TEXT}{code}", "") for code, _name in LANGUAGES}
    typed = Content(texts=texts, language=data.get("language", ""), is_liquid="is_liquid" in data)

    def text(language: str) -> str:
        found = text_for(typed, language)
        return found if typed.is_liquid else "{% raw %}" + found + "{% endraw %}"

    def known(ticket: Ticket | None, language: str) -> Mapping[str, Any]:
        return values_in(ticket, language, request.user)

    return preview(request, text, known, [code for code, _name in LANGUAGES])


def state_of(content: Content) -> str:
    """What is to do about its languages, for the list."""
    names = dict(LANGUAGES)
    told = []
    if missing := content.missing():
        told.append(gettext("Missing: %(languages)s") % {"languages": ", ".join(names[code] for code in missing)})
    if outdated := content.outdated():
        words = {"languages": ", ".join(names[code] for code in outdated)}
        told.append(gettext("Older than the original: %(languages)s") % words)
    return "; ".join(told) or gettext("Complete")
