"""The form that visitors of another website fill in: what the administrator asks, and what keeps programs out."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.functional import lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.clock import now
from core.text import clean_line, normalise_address
from tickets.actions.web_forms import Entry
from tickets.messages import File
from tickets.models import WebForm
from tickets.models.webform import Asked
from tickets.webform_stamps import BadStamp, OldStamp, Stamp, is_answered, is_proven, new_stamp, read_stamp
from web.common.custom_fields import PREFIX, form_field, values_of
from web.common.uploads import FilesField

MAX_TEXT = 20_000
# Of strangers less is taken than of people who are signed in.
MOST_FILES, MOST_MEGABYTES = 5, 10
A_WHILE = timedelta(minutes=1)


class FewFiles(FilesField):
    def clean(self, data: Any, initial: Any = None) -> list[File]:
        uploads: Sequence[UploadedFile] = [file for file in data or [] if file]
        if len(uploads) > MOST_FILES:
            raise ValidationError(gettext("Add at most %(number)s files at once.") % {"number": MOST_FILES})
        if sum(file.size or 0 for file in uploads) > MOST_MEGABYTES * 2**20:
            words = gettext("These files are too large. Together they may have %(limit)s MB.")
            raise ValidationError(words % {"limit": MOST_MEGABYTES})
        return super().clean(data, initial)


class Unanswered(forms.TextInput):
    """The question is another one each time, so no answer is kept."""

    def format_value(self, value: Any) -> None:
        return None


def _limit() -> str:
    return gettext("Up to %(limit)s MB together.") % {"limit": MOST_MEGABYTES}


class VisitorForm(forms.Form):
    """`sent_stamp` is the one it was sent with; `fresh`, after `renew()`, goes into the page that is shown (again)."""

    name = forms.CharField(label=_("Your name"), max_length=150, widget=forms.TextInput({"autocomplete": "name"}))
    email = forms.EmailField(
        label=_("Your email address"), max_length=254, widget=forms.EmailInput({"autocomplete": "email"})
    )
    subject = forms.CharField(label=_("In one line"), max_length=300)
    text = forms.CharField(label=_("What happens?"), max_length=MAX_TEXT, widget=forms.Textarea)
    files = FewFiles(label=_("Photos or other files"), help_text=lazy(_limit, str)())
    consent = forms.BooleanField(error_messages={"required": _("Without your consent we cannot work on your message.")})
    # What people never see; programs fill it in.
    comment_url = forms.CharField(required=False, max_length=1000, label=_("Leave this field empty"))
    stamp = forms.CharField(required=False, widget=forms.HiddenInput)
    proof = forms.CharField(required=False, widget=forms.HiddenInput)
    answer = forms.CharField(
        required=False,
        max_length=10,
        widget=Unanswered({"inputmode": "numeric", "autocomplete": "off"}),
        help_text=_("It keeps programs out that send advertising."),
    )

    sent_stamp: Stamp | None = None
    fresh: Stamp
    _was_old = False

    def __init__(self, *args: Any, of: WebForm, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self.of = of
        self._ask("name", of.asks_name)
        self._ask("subject", of.asks_subject)
        if not of.takes_files:
            del self.fields["files"]
        self.consent_text = of.text("consent")
        if self.consent_text:
            self.fields["consent"].label = self.consent_text
        else:
            del self.fields["consent"]
        self._questions = list(of.questions.filter(field__is_active=True).select_related("field"))
        for question in self._questions:
            field = form_field(question.field)
            field.required = question.is_required
            self.fields[f"{PREFIX}{question.field.key}"] = field

    @property
    def asked(self) -> list[forms.BoundField]:
        """The custom fields."""
        return [self[f"{PREFIX}{question.field.key}"] for question in self._questions]

    def renew(self) -> None:
        """Before it is drawn. Who has to mend something has not been quick, so the time goes on from the first page."""
        since = self.sent_stamp.made_at if self.sent_stamp else now() - A_WHILE if self._was_old else None
        self.fresh = new_stamp(self.of.key, since=since)
        first, second = self.fresh.question
        words = gettext("What is %(first)s plus %(second)s?") % {"first": first, "second": second}
        self["answer"].label = words

    def clean_email(self) -> str:
        return normalise_address(self.cleaned_data["email"])

    def clean_subject(self) -> str:
        subject = clean_line(self.cleaned_data["subject"], 300)
        if not subject and self.fields["subject"].required:
            raise ValidationError(self.fields["subject"].error_messages["required"], code="required")
        return subject

    def clean(self) -> dict[str, Any]:
        """Whether the page was ours, and whether sending it has cost something."""
        data = super().clean() or {}
        try:
            self.sent_stamp = read_stamp(data.get("stamp", ""), self.of.key)
        except (BadStamp, OldStamp) as error:
            self._was_old = isinstance(error, OldStamp)
            raise ValidationError(_("This page has been open for too long. Please send it once more.")) from None
        proof, answer = data.get("proof", ""), data.get("answer", "")
        if not (is_proven(self.sent_stamp, proof) or is_answered(self.sent_stamp, answer)):
            self.add_error("answer", _("Please write the sum of the two numbers."))
        return data

    def entry(self, *, language: str) -> Entry:
        data = self.cleaned_data
        values = values_of(self)
        return Entry(
            address=data["email"],
            text=data["text"],
            name=data.get("name", ""),
            subject=data.get("subject", ""),
            language=language,
            consent=self.consent_text,
            files=data.get("files", ()),
            custom_fields={key: value for key, value in values.items() if value not in (None, "", [], False)},
            answers={question.field.label: str(values.get(question.field.key) or "") for question in self._questions},
        )

    def _ask(self, name: str, asked: str) -> None:
        if asked == Asked.NO:
            del self.fields[name]
        else:
            self.fields[name].required = asked == Asked.REQUIRED
