"""What customers fill in: an answer, a new request, how satisfied they are."""

from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from automation.survey_sentences import SCALE
from automation.surveying import MAX_COMMENT
from core.text import clean_line, normalise_address
from mail.addressing import is_ours
from tickets.customfields import fields_for
from tickets.messages import Message
from tickets.models import Queue
from tickets.vocabulary import default_type
from web.common.custom_fields import add_fields
from web.common.uploads import FilesField

MAX_TEXT = 100_000
ANSWER_BOX = forms.Textarea({"class": "ptext", "rows": 4})


class SubmissionField(forms.UUIDField):
    """What says that two messages are the same; nobody sees it, so nobody can be asked to put it right."""

    def clean(self, value: Any) -> UUID | None:
        try:
            return super().clean(value)
        except ValidationError:
            return None


class Submitted(forms.Form):
    """A form that makes one message however often it is sent."""

    submission = SubmissionField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["submission"].initial = uuid4

    def message(self, *, by: User, subject: str = "", text: str = "") -> Message:
        """`text` is said instead of what was written, where more belongs to it."""
        data = self.cleaned_data
        return Message(
            text=text or data["text"],
            subject=subject,
            files=data["files"],
            sent_from={"name": by.name, "address": by.email},
            submission=data["submission"],
        )

    def clean_submission(self) -> UUID:
        return self.cleaned_data["submission"] or uuid4()


class LastWord(Submitted):
    """What may be said while closing: nothing is enough."""

    text = forms.CharField(label=_("Your answer"), max_length=MAX_TEXT, widget=ANSWER_BOX, required=False)
    files = FilesField(help_text="")

    @property
    def has_words(self) -> bool:
        return bool(self.cleaned_data.get("text") or self.cleaned_data.get("files"))


class Answer(LastWord):
    """Words or files; a photo alone can be an answer."""

    def clean(self) -> dict[str, Any]:
        if not self.errors and not self.has_words:
            self.add_error("text", ValidationError(_("Write an answer or add a file."), code="required"))
        return self.cleaned_data


class InCopy(forms.Form):
    """Somebody who is to be kept in copy."""

    address = forms.EmailField(
        label=_("Email of the person"),
        max_length=254,
        widget=forms.EmailInput({"autocomplete": "off", "inputmode": "email"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)

    def clean_address(self) -> str:
        address = normalise_address(self.cleaned_data["address"])
        if is_ours(address):
            raise ValidationError(_("This is an address of ours. We get every message anyway."), code="ours")
        return address


class NewRequest(Submitted):
    subject = forms.CharField(label=_("In one line"), max_length=300)
    text = forms.CharField(label=_("What happens?"), max_length=MAX_TEXT, widget=forms.Textarea)
    files = FilesField(label=_("Photos or other files"))

    def __init__(self, *args: Any, queue: Queue, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        add_fields(self, fields_for(queue, default_type()).filter(in_portal=True))

    def clean_subject(self) -> str:
        subject = clean_line(self.cleaned_data["subject"], 300)
        if not subject:
            raise ValidationError(self.fields["subject"].error_messages["required"], code="required")
        return subject


class SurveyComment(forms.Form):
    """What somebody wants to add to an answer."""

    comment = forms.CharField(
        label=_("Do you want to tell us more?"),
        required=False,
        max_length=MAX_COMMENT,
        widget=forms.Textarea({"class": "ptext", "rows": 5}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)


class SurveyForm(SurveyComment):
    score = forms.TypedChoiceField(
        label=_("How satisfied are you with our help?"),
        choices=tuple(SCALE.items()),
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of the five."), "invalid_choice": _("Choose one of the five.")},
    )

    field_order = ("score", "comment")


class ArticleFeedback(forms.Form):
    """Whether an article helped, and what was missing."""

    helpful = forms.ChoiceField(choices=(("yes", _("Yes")), ("no", _("No"))))
    comment = forms.CharField(required=False, max_length=2_000)
