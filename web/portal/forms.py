"""What customers fill in: an answer, a new request."""

from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.text import clean_line
from tickets.messages import Message
from tickets.models import FieldDefinition
from web.common.custom_fields import add_fields
from web.common.uploads import FilesField

MAX_TEXT = 100_000
ANSWER_BOX = forms.Textarea({"class": "ptext", "rows": 4})


class _Submitted(forms.Form):
    """A form that makes one message however often it is sent."""

    submission = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["submission"].initial = uuid4

    def message(self, *, by: User, subject: str = "") -> Message:
        data = self.cleaned_data
        return Message(
            text=data["text"],
            subject=subject,
            files=data["files"],
            sent_from={"name": by.name, "address": by.email},
            submission=data["submission"],
        )

    def clean_submission(self) -> UUID:
        return self.cleaned_data["submission"] or uuid4()


class LastWord(_Submitted):
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


class NewRequest(_Submitted):
    subject = forms.CharField(label=_("In one line"), max_length=300)
    text = forms.CharField(label=_("What happens?"), max_length=MAX_TEXT, widget=forms.Textarea)
    files = FilesField(label=_("Photos or other files"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        add_fields(self, FieldDefinition.objects.filter(is_active=True, in_portal=True))

    def clean_subject(self) -> str:
        subject = clean_line(self.cleaned_data["subject"], 300)
        if not subject:
            raise ValidationError(self.fields["subject"].error_messages["required"], code="required")
        return subject
