"""The form of a service, and the request that comes of it."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from core.text import clean_line
from tickets.actions.opening import Opening
from tickets.catalogue import Catalogue, catalogue_for
from tickets.messages import Message
from tickets.models.ticket import Channel
from tickets.serviceforms import message_of
from web.common.custom_fields import values_of
from web.common.service_questions import ServiceQuestions
from web.common.uploads import FilesField
from web.portal.forms import MAX_TEXT, Submitted


def catalogue_of(request: HttpRequest) -> Catalogue:
    """What whoever looks may request under this brand."""
    user = request.user if request.user.is_authenticated else None
    return catalogue_for(user, request.brand)


class ServiceRequest(ServiceQuestions, Submitted):
    """With it, the page sends as `shown` the keys of the questions that stand in it."""

    subject = forms.CharField(label=gettext_lazy("In one line"), max_length=300)
    text = forms.CharField(label=gettext_lazy("What happens?"), max_length=MAX_TEXT, widget=forms.Textarea)
    files = FilesField(label=gettext_lazy("Photos or other files"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.service.shown_subject:
            del self.fields["subject"]
        if self.every:
            self.fields["text"].label, self.fields["text"].required = _("Anything else we should know?"), False
        # what is written freely comes after what is asked, in the summary of errors too
        self.order_fields([name for name in self.fields if name not in ("text", "files")])

    def clean_subject(self) -> str:
        subject = clean_line(self.cleaned_data["subject"], 300)
        if not subject:
            raise ValidationError(self.fields["subject"].error_messages["required"], code="required")
        return subject

    @property
    def has_unseen(self) -> bool:
        """Without a script, answers lead to questions that nobody has seen yet: these are shown first."""
        return "shown" in self.data and not set(self.keys) <= set(self.data["shown"].split())

    def opening(self) -> Opening:
        assert self.service.queue is not None
        return Opening(
            title=self.cleaned_data.get("subject") or self.subject_from_answers(),
            queue=self.service.queue,
            type=self.service.type,
            priority=self.service.priority,
            service=self.service,
            customer=self.by,
            channel=Channel.WEB,
            language=get_language() or "",
            custom_fields=values_of(self),
        )

    def first_message(self) -> Message:
        """With the answers in words: fields may change later, what was said stays."""
        text = message_of(self.answers, self.cleaned_data["text"]) or self.service.shown_name
        return self.message(by=self.by, subject=self.cleaned_data.get("subject", ""), text=text)
