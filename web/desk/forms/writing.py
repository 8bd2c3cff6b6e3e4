"""What agents write on a ticket: an answer to the customer, a note for colleagues, a message passed on to others."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.models import User
from core.clock import now
from core.html import clean, to_text
from core.text import clean_line
from mail.recipients import Answered, Person, everybody
from tickets import vocabulary
from tickets.guidance import may_take
from tickets.mentions import mentioned_in
from tickets.messages import File, Message
from tickets.models import Article, Attachment, State, StateType, Ticket
from tickets.participation import copies, people_in_copy
from tickets.pictures import pictures_of
from tickets.scanning import givable
from web.common.forwarding import forwarded
from web.common.uploads import FilesField
from web.desk.forms.addresses import AddressesField, written
from web.desk.pictures import named, own_names
from web.desk.worries import FILES, INTERNAL, Worry

MAX_TEXT = 100_000
MAX_HTML = 1_000_000
# What becomes of the ticket after the answer, and what the button says.
NEXT: dict[str, tuple[StateType, str | Promise, str]] = {
    "wait": (StateType.PENDING_REMINDER, _("Send, wait for customer"), "hourglass"),
    "open": (StateType.OPEN, _("Send, keep open"), "inbox"),
    "close": (StateType.CLOSED, _("Send and close"), "check-circle"),
}
DAYS = (1, 2, 3, 5, 7, 14, 30)
DEFAULT_DAYS = 3
# Paragraphs and line breaks are what plain text has as well.
_FORMATTED = re.compile(r"<(?!/?(?:p|br)\b)")


class Submitted(forms.Form):
    """A form that makes one message however often it is sent."""

    submission = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["submission"].initial = uuid4

    def clean_submission(self) -> UUID:
        return self.cleaned_data["submission"] or uuid4()


class Words(Submitted):
    """A text with or without form, and files. `html` is what the editor makes; where it runs, it counts.

    `draft` are the fields as they were typed before. `kept` are files of the ticket that go along.
    """

    text = forms.CharField(label=_("Message"), max_length=MAX_TEXT, required=False, widget=forms.Textarea)
    html = forms.CharField(max_length=MAX_HTML, required=False, widget=forms.Textarea)
    files = FilesField()
    kept = forms.ModelMultipleChoiceField(
        label=_("Files of this ticket"), queryset=None, required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(
        self, *args: Any, ticket: Ticket, agent: User, draft: Mapping[str, Any] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.ticket, self.agent = ticket, agent
        self.fields["kept"].queryset = Attachment.objects.filter(article__ticket=ticket, is_inline=False)
        self.has_draft = draft is not None
        self.fill(**(draft or {}))

    def fill(self, **values: Any) -> None:
        """Show these values until somebody types others."""
        for name, value in values.items():
            if name in self.fields:
                self.fields[name].initial = value

    def clean_kept(self) -> Sequence[Attachment]:
        chosen = list(self.cleaned_data["kept"])
        if len(givable(chosen)) < len(chosen):
            raise ValidationError(_("A file that is not given out cannot go along."), code="withheld")
        return chosen

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        html = named(data.get("html") or "")
        if html.strip():
            cleaned = clean(html, images=own_names(html))
            data["text"] = to_text(cleaned)
            data["html"] = html if _FORMATTED.search(cleaned) else ""
        said = data.get("text") or data.get("html") or data.get("files") or data.get("kept")
        if not self.errors and not (said or self.may_be_empty()):
            self.add_error("text", ValidationError(_("Write something or add a file."), code="required"))
        if len(data.get("text") or "") > MAX_TEXT:
            words = _("Write at most %(number)s characters.")
            self.add_error("text", ValidationError(words, params={"number": MAX_TEXT}))
        return data

    def may_be_empty(self) -> bool:
        return False

    @property
    def choosable(self) -> Sequence[Attachment]:
        """The files of the ticket that are offered: those that were chosen before."""
        chosen = self["kept"].value() or []
        ids = [int(pk) for pk in map(str, chosen) if pk.isdecimal() and len(pk) < 19]
        return givable(self.fields["kept"].queryset.filter(pk__in=ids)) if ids else []

    def said(self) -> dict[str, Any]:
        """What all messages have."""
        data = self.cleaned_data
        kept = [File(file.name, file.content_type, file.own_content()) for file in data["kept"]]
        return {
            "text": data["text"],
            "html": data["html"],
            "files": [*data["files"], *kept, *pictures_of(data["html"], by=self.agent)],
            "mentions": mentioned_in(data["text"], self.ticket.queue),
            "submission": data["submission"],
        }


class Note(Words):
    def message(self) -> Message:
        return Message(**self.said())


class Sent(Words):
    """What leaves by email. `overlook` are the warnings that the agent has seen and sends nevertheless."""

    to = AddressesField(label=_("To"), required=True, error_messages={"required": _("Say who gets the answer.")})
    cc = AddressesField(label=_("Cc"))
    bcc = AddressesField(label=_("Bcc"))
    overlook = forms.MultipleChoiceField(choices=[(INTERNAL, ""), (FILES, "")], required=False)

    # What is asked before it leaves (web/desk/worries.py).
    worry: Worry | None = None

    def said(self) -> dict[str, Any]:
        people = {name: self.cleaned_data[name] for name in ("to", "cc", "bcc")}
        return super().said() | people | {"send_at": self.leaves_at()}

    def leaves_at(self) -> datetime | None:
        """The agent's own time to take it back."""
        return now() + timedelta(seconds=self.agent.undo_seconds) if self.agent.undo_seconds else None

    def has_files(self) -> bool:
        """Pictures in the text count."""
        data = self.cleaned_data
        return bool(data["files"] or data["kept"] or "<img" in data["html"])


class Reply(Sent):
    """`based_on` is the newest article the agent has seen; `anyway` the one he decided to overlook. Who answers a
    ticket that nobody has is offered to `take` it."""

    then = forms.ChoiceField(choices=[(key, words) for key, (_type, words, _icon) in NEXT.items()], required=False)
    wait = forms.TypedChoiceField(
        label=_("Wait for"),
        coerce=int,
        empty_value=DEFAULT_DAYS,
        required=False,
        choices=lambda: [(days, ngettext("%(days)d day", "%(days)d days", days) % {"days": days}) for days in DAYS],
    )
    based_on = forms.IntegerField(widget=forms.HiddenInput, required=False)
    anyway = forms.IntegerField(widget=forms.HiddenInput, required=False)
    take = forms.BooleanField(label=_("Take the ticket"), required=False, initial=True)

    def __init__(self, *args: Any, ticket: Ticket, newest: int | None = None, **kwargs: Any) -> None:
        super().__init__(*args, ticket=ticket, **kwargs)
        self.fields["wait"].initial = DEFAULT_DAYS
        self.fields["based_on"].initial = newest
        if not self.has_draft:
            self.fill(to=written([self.answers.to]), cc=written(copies(people_in_copy(ticket))))

    @cached_property
    def _recipients(self) -> tuple[Answered, list[Person]]:
        return everybody(self.ticket)

    @property
    def answers(self) -> Answered:
        """Whom an answer is for, if nobody chooses otherwise."""
        return self._recipients[0]

    @property
    def choices_of_to(self) -> list[tuple[str, str]]:
        """Where somebody else than the customer is to be answered: both addresses, each with what the field takes."""
        both = [self.answers.asked, self.answers.usual] if self.answers.asked else []
        return [(one["address"], written([one])) for one in both]

    @property
    def goes_elsewhere(self) -> bool:
        """To others than an answer goes to, as after a message to somebody else was taken back: then they show."""
        to = (self["to"].value() or "").strip()
        return bool(to) and to not in (written([self.answers.to]), self.answers.to["address"])

    @property
    def everybody(self) -> str:
        """Who else takes part in the conversation, as the field takes them."""
        return written(self._recipients[1])

    @property
    def may_take(self) -> bool:
        return self.ticket.owner_id is None and may_take(self.agent, self.ticket)

    def message(self) -> Message:
        return Message(**self.said())

    @property
    def seen(self) -> int | None:
        return self.cleaned_data["anyway"] or self.cleaned_data["based_on"]

    def next_state(self) -> tuple[State, datetime | None]:
        kind, _words, _icon = NEXT[self.cleaned_data["then"] or "open"]
        state = vocabulary.first_state(kind)
        until = now() + timedelta(days=self.cleaned_data["wait"]) if state.is_pending else None
        return state, until


class Forward(Sent):
    """A message passed on to somebody who takes no part: `of` with what it says below the agent's own words."""

    of = forms.ModelChoiceField(queryset=None, widget=forms.HiddenInput, required=False)
    subject = forms.CharField(label=_("Subject"), max_length=300)
    quoted = forms.BooleanField(label=_("With the words of the message"), required=False, initial=True)

    def __init__(self, *args: Any, ticket: Ticket, article: Article | None = None, **kwargs: Any) -> None:
        super().__init__(*args, ticket=ticket, **kwargs)
        self.fields["of"].queryset = ticket.articles.select_related("author")
        self.fields["to"].error_messages["required"] = _("Say who gets the message.")
        self.article = article
        if article is not None and not self.has_draft:
            files = [file.pk for file in givable(article.attachments.all()) if not file.is_inline]
            self.fill(of=article.pk, subject=f"Fwd: {article.subject or ticket.title}"[:300], kept=files)

    def clean_subject(self) -> str:
        return clean_line(self.cleaned_data["subject"], 300)

    def may_be_empty(self) -> bool:
        return bool(self.cleaned_data.get("quoted") and self.cleaned_data.get("of"))

    @property
    def choosable(self) -> Sequence[Attachment]:
        """All files of the message, chosen or not."""
        article = self.article
        mine = [file for file in givable(article.attachments.all()) if not file.is_inline] if article else []
        return [*mine, *(file for file in super().choosable if file not in mine)]

    def message(self) -> Message:
        data, said = self.cleaned_data, self.said()
        if data["of"] is not None and data["quoted"]:
            said |= forwarded(data["of"], text=said["text"], html=said["html"], files=said["files"])
        return Message(subject=data["subject"], **said)
