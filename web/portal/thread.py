"""A conversation as the customer reads it: public messages of people, who said them, and how far the request is."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts.models import User
from tickets.models import Article, FieldDefinition, Ticket
from tickets.models.article import Sender
from tickets.participation import people_in_copy
from tickets.scanning import look_up
from web.common.bodies import Body, body_of
from web.portal.expecting import Expectation, expectation_of
from web.portal.requests import ASKED, CLOSED, RECEIVED, YOURS, Progress, progress_of, seen_by_others, takes_answers
from web.portal.satisfaction import Satisfaction, satisfaction_of

# A longer conversation shows its first and last messages; the others are one click away.
SHORT = 7
LAST = 4
MOST = 300


@dataclass(frozen=True)
class Said:
    article: Article
    name: str
    is_mine: bool
    body: Body


@dataclass(frozen=True)
class Step:
    label: str | Promise
    at: datetime | None
    state: str  # done, now, later


@dataclass(frozen=True)
class Copied:
    """Somebody in copy: by address, because the name of whoever has it is not for everybody."""

    pk: int
    address: str
    is_me: bool


@dataclass(frozen=True)
class Thread:
    messages: list[Said]
    # How many are left out after the first message.
    hidden: int
    progress: Progress
    steps: list[Step]
    facts: list[tuple[str, str]]
    # When the customer may expect to hear from us; None when nothing is promised.
    expected: Expectation | None
    is_shared: bool
    copied: list[Copied]
    satisfaction: Satisfaction | None
    takes_answers: bool
    # Changes whenever the customer would see something else.
    mark: str
    is_whole: bool


def thread_of(ticket: Ticket, user: User, *, whole: bool = False, words: Callable[[Article], Body] = body_of) -> Thread:
    """Messages of the system itself (receipts) stay out: the page says what they say, and their links are personal.

    `words` says how much of a message is there: of a huge one usually the beginning.
    """
    public = ticket.articles.filter(visible_to_customer=True).exclude(sender=Sender.SYSTEM)
    ids = list(public.order_by("created_at", "id").values_list("pk", flat=True))
    shown = ids if len(ids) <= SHORT else ids[-MOST:] if whole else [*ids[:1], *ids[-LAST:]]
    articles = public.filter(pk__in=shown).select_related("author").prefetch_related("attachments")
    look_up(file for article in articles for file in article.attachments.all())
    progress, expected = progress_of(ticket, user), expectation_of(ticket, user)
    copied = [Copied(one.pk, one.user.email, one.user_id == user.pk) for one in people_in_copy(ticket)]
    return Thread(
        messages=[_said(article, words(article), user) for article in articles],
        hidden=len(ids) - len(shown),
        progress=progress,
        steps=_steps(ticket, progress),
        facts=_facts(ticket),
        expected=expected,
        is_shared=seen_by_others(ticket),
        copied=copied,
        satisfaction=satisfaction_of(ticket, user),
        takes_answers=takes_answers(ticket),
        mark="-".join(
            str(part)
            for part in (
                len(ids),
                ids[-1] if ids else 0,
                progress.key,
                expected.mark if expected else "",
                ".".join(str(one.pk) for one in copied),
                sum(file.verdict.is_awaited for article in articles for file in article.attachments.all()),
            )
        ),
        is_whole=whole,
    )


def _said(article: Article, body: Body, user: User) -> Said:
    author = article.author
    if author == user:
        name = _("You")
    elif article.sender == Sender.AGENT:
        first = str(author).split()[0] if str(author).split() else str(author)
        name = _("%(name)s from %(site)s") % {"name": first, "site": settings.SITE_NAME}
    else:
        name = str(author)
    return Said(article=article, name=name, is_mine=author == user, body=body)


def _steps(ticket: Ticket, progress: Progress) -> list[Step]:
    between: str | Promise = gettext_lazy("In work")
    if progress in (YOURS, ASKED):
        between = progress.label
    over = ticket.closed_at is not None
    end = CLOSED.label if progress == CLOSED else pgettext_lazy("request", "Solved")
    return [
        Step(pgettext_lazy("request", "Received"), ticket.created_at, "now" if progress == RECEIVED else "done"),
        Step(between, None, "later" if progress == RECEIVED else "done" if over else "now"),
        Step(end, ticket.closed_at, "now" if over else "later"),
    ]


def _facts(ticket: Ticket) -> list[tuple[str, str]]:
    """Custom fields that customers see, as label and words."""
    definitions = FieldDefinition.objects.filter(is_active=True, in_portal=True) if ticket.custom_fields else []
    return [(d.shown_label, _words(ticket.custom_fields[d.key])) for d in definitions if d.key in ticket.custom_fields]


def _words(value: Any) -> str:
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, list):
        return ", ".join(str(item) for item in value)
    return str(value)
