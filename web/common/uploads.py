"""Files in forms: several at once, bounded, turned into values the verbs take."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.functional import lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tickets.messages import File

MAX_FILES = 20


class FilesInput(forms.FileInput):
    allow_multiple_selected = True

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"multiple": True, **(attrs or {})})


class FilesField(forms.FileField):
    """Zero or more files; the value is a list of `File`. Together they may be as large as one attachment may be."""

    widget = FilesInput

    def __init__(self, **options: Any) -> None:
        options.setdefault("required", False)
        options.setdefault("label", _("Files"))
        options.setdefault("help_text", lazy(_limit_in_words, str)())
        super().__init__(**options)

    @property
    def limit(self) -> int:
        return settings.ATTACHMENT_MAX_BYTES

    def clean(self, data: Any, initial: Any = None) -> list[File]:
        uploads = [file for file in data or [] if file]
        if self.required and not uploads:
            raise ValidationError(self.error_messages["required"], code="required")
        _refuse_too_much(uploads)
        return [File(file.name or "", file.content_type or "", file.read()) for file in uploads]


def _refuse_too_much(uploads: Sequence[UploadedFile]) -> None:
    if len(uploads) > MAX_FILES:
        raise ValidationError(_("Add at most %(number)s files at once."), params={"number": MAX_FILES}, code="many")
    if sum(file.size or 0 for file in uploads) > settings.ATTACHMENT_MAX_BYTES:
        message = _("These files are too large. Together they may have %(limit)s MB.")
        raise ValidationError(message, params={"limit": _megabytes()}, code="large")


def _limit_in_words() -> str:
    return gettext("Up to %(limit)s MB together.") % {"limit": _megabytes()}


def _megabytes() -> int:
    return settings.ATTACHMENT_MAX_BYTES // 2**20
