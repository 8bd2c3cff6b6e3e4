"""The form of an announcement: a title and a text for each language, its kind, its readers and its time."""

from typing import Any, ClassVar

from django.conf import settings
from django.forms import CharField, CheckboxSelectMultiple, DateTimeInput, Form, ModelForm, Textarea
from django.http import HttpRequest
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from accounts.audit import save_with_rows
from core.clock import now
from core.moments import moment
from core.text import clean_line
from knowledge.models import Announcement

LANGUAGES = tuple(settings.LANGUAGES)
TITLE, TEXT = "title_", "text_"
MAX_TITLE, MAX_TEXT = 150, 2_000
DATETIME_LOCAL = "%Y-%m-%dT%H:%M"


def _fields() -> dict[str, Any]:
    """A title and a text for each language of the house."""
    fields: dict[str, Any] = {}
    for code, name in LANGUAGES:
        title = CharField(label=_("Title"), required=False, max_length=MAX_TITLE)
        title.widget.attrs.update({"lang": code, "dir": "auto"})
        area = Textarea(attrs={"rows": 3, "lang": code, "dir": "auto"})
        fields[f"{TITLE}{code}"] = title
        fields[f"{TEXT}{code}"] = CharField(label=_("Text"), required=False, max_length=MAX_TEXT, widget=area)
        for field in (fields[f"{TITLE}{code}"], fields[f"{TEXT}{code}"]):
            field.language = name
    return fields


_Texts = type("_Texts", (Form,), _fields())


class AnnouncementForm(_Texts, ModelForm):  # type: ignore[misc, valid-type]
    class Meta:
        model = Announcement
        fields = ("level", "language", "is_banner", "audience", "brands", "starts_at", "ends_at", "is_active")
        labels: ClassVar = {
            "level": _("Kind"),
            "language": _("Original language"),
            "is_banner": _("Show it above every page"),
            "audience": _("For"),
            "brands": _("Only on these portals"),
            "starts_at": _("Shown from"),
            "ends_at": _("Shown until"),
            "is_active": _("Active"),
        }
        help_texts: ClassVar = {
            "language": _("Who reads another language gets this one where a title is missing."),
            "is_banner": _("Otherwise it stands on the first pages of the portal and of the articles."),
            "brands": _("Without a choice, on all of them."),
            "ends_at": _("Without an end, until you take it away."),
        }
        widgets: ClassVar = {
            "brands": CheckboxSelectMultiple,
            "starts_at": DateTimeInput(format=DATETIME_LOCAL, attrs={"type": "datetime-local"}),
            "ends_at": DateTimeInput(format=DATETIME_LOCAL, attrs={"type": "datetime-local"}),
        }

    # No field has placeholders in it.
    templates: ClassVar = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        for name in ("starts_at", "ends_at"):
            self.fields[name].input_formats = [DATETIME_LOCAL, "%Y-%m-%dT%H:%M:%S"]
        original = self.data.get("language") or self.instance.language
        if f"{TITLE}{original}" in self.fields:
            self.fields[f"{TITLE}{original}"].required = True
        for code, _name in LANGUAGES:
            self.initial.setdefault(f"{TITLE}{code}", self.instance.titles.get(code, ""))
            self.initial.setdefault(f"{TEXT}{code}", self.instance.texts.get(code, ""))
            for name in (f"{TITLE}{code}", f"{TEXT}{code}"):
                field = self.fields[name]
                field.label = gettext("%(what)s (%(language)s)") % {"what": field.label, "language": field.language}
        codes = sorted((code for code, _name in LANGUAGES), key=lambda code: code != self.instance.language)
        texts = [f"{kind}{code}" for code in codes for kind in (TITLE, TEXT)]
        self.order_fields(["level", "language", *texts])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        starts_at, ends_at = cleaned.get("starts_at"), cleaned.get("ends_at")
        if starts_at and ends_at and ends_at <= starts_at:
            self.add_error("ends_at", _("The end is before the beginning."))
        titles = {code: clean_line(cleaned.get(f"{TITLE}{code}") or "", MAX_TITLE) for code, _name in LANGUAGES}
        texts = {code: cleaned.get(f"{TEXT}{code}") or "" for code, _name in LANGUAGES}
        for code, _name in LANGUAGES:
            if texts[code] and not titles[code]:
                self.add_error(f"{TITLE}{code}", _("A text needs a title in the same language."))
        self.instance.titles = {code: title for code, title in titles.items() if title}
        self.instance.texts = {code: text for code, text in texts.items() if text}
        return cleaned


def save_announcement(form: AnnouncementForm, request: HttpRequest) -> None:
    save_with_rows(form.instance, {"brands": form.cleaned_data["brands"]}, by=request.user)


def time_of(announcement: Announcement) -> str:
    """Whether it runs, in a word and the moment that matters next."""
    at = now()
    if announcement.ends_at is not None and announcement.has_ended(at):
        return gettext("Over since %(moment)s") % {"moment": moment(announcement.ends_at)}
    if announcement.starts_at > at:
        return gettext("From %(moment)s") % {"moment": moment(announcement.starts_at)}
    if announcement.ends_at:
        return gettext("Until %(moment)s") % {"moment": moment(announcement.ends_at)}
    return pgettext("announcement", "Until it is taken away")
