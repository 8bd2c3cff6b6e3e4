"""What an agent has typed on a ticket and not sent: read for the page, kept while he types."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict

from accounts.models import User
from core.html import from_text
from core.prepared import prepared
from tickets.drafts import save_draft
from tickets.models import Article, Draft, Ticket
from tickets.pictures import adopt_pictures
from web.desk.forms.addresses import written
from web.desk.pictures import words_of

# The fields that are kept, by form; `kept` and `of` are numbers of rows.
FIELDS = {
    "reply": ("text", "html", "to", "cc", "bcc", "kept"),
    "note": ("text", "html"),
    "forward": ("text", "html", "to", "cc", "bcc", "subject", "kept", "of"),
}
# Which of them somebody must have filled for there to be anything worth keeping.
TYPED = ("text", "cc", "bcc")


@dataclass(frozen=True)
class Drafts:
    """By form; one of somebody who has typed nothing is None."""

    rows: Mapping[str, Draft]

    def content(self, form: str) -> dict[str, Any] | None:
        return self.rows[form].content if form in self.rows else None

    @property
    def reply_at(self) -> datetime | None:
        return self._at("reply")

    @property
    def note_at(self) -> datetime | None:
        return self._at("note")

    @property
    def forward_at(self) -> datetime | None:
        return self._at("forward")

    def _at(self, form: str) -> datetime | None:
        return self.rows[form].saved_at if form in self.rows else None


def drafts_of(user: User, ticket: Ticket) -> Drafts:
    """In one query."""
    return Drafts({row.form: row for row in _drafts(user.pk, ticket.pk)})


@prepared(int, int)
def _drafts(user: int, ticket: int) -> QuerySet[Draft]:
    return Draft.objects.filter(user=user, ticket=ticket, form__in=list(FIELDS))


def keep(user: User, ticket: Ticket, form: str, typed: QueryDict) -> Draft | None:
    """What was typed so far; None when that is nothing. Raises `DraftTooLong`."""
    content: dict[str, Any] = {name: typed.get(name, "") for name in FIELDS[form]}
    if "kept" in content:
        content["kept"] = [pk for pk in typed.getlist("kept") if pk.isdecimal()]
    is_empty = not any(content[name].strip() for name in TYPED if name in content)
    pictured = "<img" in content.get("html", "")
    return save_draft(user, ticket, form, {} if is_empty and not pictured else content)


def keep_taken_back(article: Article, form: str, *, by: User) -> None:
    """The words of a message that does not leave go back to where they were written, above what has been typed there
    since."""
    content = words_of(article, pictures=adopt_pictures(article, by=by)) | {
        name: written(getattr(article, name)) for name in ("to", "cc", "bcc")
    }
    content["kept"] = [file.pk for file in article.attachments.all() if not file.is_inline]
    content["subject"] = article.subject
    since = Draft.objects.filter(user=by, ticket=article.ticket, form=form).first()
    if since and since.content.get("text"):
        content |= _one_above_the_other(content, since.content)
    save_draft(by, article.ticket, form, {name: content[name] for name in FIELDS[form] if name in content})


def _one_above_the_other(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, str]:
    both = [one["text"], other["text"]]
    is_formatted = one["html"] or other.get("html")
    htmls = [content.get("html") or from_text(content["text"]) for content in (one, other)]
    return {"text": "\n\n".join(both), "html": "".join(htmls) if is_formatted else ""}
