"""Web forms in lists, what goes into a website, and what came through them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Max, Q
from django.utils.html import escape

from accounts.models import User
from core import links
from tickets.models import Ticket, WebForm, WebFormPost
from web.common.held_words import WHY_HELD


@dataclass(frozen=True)
class FormRow:
    form: WebForm
    number: int
    held: int
    last: Any


def rows() -> list[FormRow]:
    forms = WebForm.objects.select_related("queue").annotate(
        number=Count("posts"), last=Max("posts__at"), held=Count("posts", filter=~Q(posts__held=[]))
    )
    return [FormRow(form, form.number, form.held, form.last) for form in forms]


def mark(posts: Iterable[WebFormPost], user: User) -> None:
    """`is_seen`: whether its ticket may be opened; `why`: what looked like spam, in words."""
    posts = list(posts)
    visible = Ticket.objects.allowing(user, "read").filter(pk__in=[post.ticket_id for post in posts])
    seen = set(visible.values_list("pk", flat=True))
    for post in posts:
        post.is_seen = post.ticket_id in seen
        post.why = [str(WHY_HELD[code]) for code in post.held if code in WHY_HELD]


def address_of(form: WebForm) -> str:
    brand = form.queue.brand
    return links.web_form(form.key, host=brand.host if brand else "")


def snippet(form: WebForm) -> str:
    """One line for a website; the frame takes its title from it."""
    title = escape(form.text("title") or form.name)
    return f'<script async src="{address_of(form)}embed.js" data-title="{title}"></script>'


def frame(form: WebForm) -> str:
    """For websites that allow no scripts of others."""
    title = escape(form.text("title") or form.name)
    return f'<iframe src="{address_of(form)}" title="{title}" width="100%" height="800"></iframe>'
