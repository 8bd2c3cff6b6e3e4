"""A message of a conversation as the desk shows it: its words, who wrote to whom, warnings, what became of its mail."""

from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from core.clock import now
from core.html import excerpt
from core.text import clean_line
from mail.models import Outgoing
from mail.replies import split_reply
from mail.ways import is_anything_set_up
from tickets.actions.replying import TAKEN_BACK
from tickets.models import Article
from tickets.models.article import Sender
from tickets.models.ticket import Channel
from tickets.scanning import look_up
from web.common.bodies import Body, body_of
from web.desk.chips import with_chips
from web.desk.delivery import Delivery, delivery_of
from web.desk.envelope import SHOWN, Line, envelope_of, our_addresses
from web.desk.warnings import Warn, known_to, proof_of, warnings_of


@dataclass(frozen=True)
class Said:
    article: Article
    name: str
    about: str
    body: Body
    warnings: Sequence[Warn]
    delivery: Delivery | None
    envelope: Sequence[Line] = ()
    is_folded: bool = False
    # Its mail can still be stopped by who wrote it, who is the reader.
    may_take_back: bool = False
    # The first message since the last visit, and the one at which reading starts.
    is_first_new: bool = False
    is_start: bool = False

    @property
    def at(self) -> datetime:
        return self.article.created_at

    @property
    def is_note(self) -> bool:
        return not self.article.visible_to_customer

    @property
    def is_taken_back(self) -> bool:
        return _is_taken_back(self.article)

    @property
    def is_forwarded(self) -> bool:
        """It left by mail to somebody else; the customer does not see it."""
        mailed = self.article.channel == Channel.EMAIL and self.article.sender == Sender.AGENT
        return mailed and self.is_note and not self.is_taken_back

    @property
    def is_automatic(self) -> bool:
        """A receipt and the like: nobody needs to read it, so it is always folded."""
        return self.article.sender == Sender.SYSTEM

    @property
    def has_original(self) -> bool:
        """It came as an email, whose untouched form can be looked at."""
        incoming = getattr(self.article, "incoming", None)
        return incoming is not None and bool(incoming.digest)

    @property
    def has_raw(self) -> bool:
        return self.has_original or getattr(self.article, "outgoing", None) is not None

    @property
    def proof(self) -> str:
        """What a trusted server has found out about its sender; a forged one is warned of (web/desk/warnings.py)."""
        return proof_of(self.article.marks)

    @property
    def excerpt(self) -> str:
        return excerpt(split_reply(self.article.body).visible, 120)


def all_said(articles: Iterable[Article], reader: User, words: Callable[[Article], Body] = body_of) -> list[Said]:
    """Messages with their words, warnings and what became of their mail; `words` chooses how much of the text."""
    articles = list(articles)
    known, ours = known_to(reader, articles), our_addresses(articles)
    look_up(file for article in articles for file in article.attachments.all())
    said = [_said(article, words(article), known, ours, reader) for article in articles]
    kept = {one.article.pk for one in said if one.delivery and one.delivery.kind == "kept"}
    # where nothing is set up no message leaves, and none needs to say so
    return [_left(one) if one.article.pk in kept else one for one in said] if kept and is_anything_set_up() else said


def _said(article: Article, body: Body, known: Container[str], ours: Container[str], reader: User) -> Said:
    if named := [str(mention.user) for mention in article.mentions.all()]:
        named += [mention.user.email for mention in article.mentions.all()]
        body = replace(body, html=with_chips(body.html, named))
    return Said(
        article,
        name=_name(article),
        about=_about(article),
        body=body,
        warnings=warnings_of(article, body, known=known),
        delivery=delivery_of(article),
        envelope=envelope_of(article, ours=ours),
        is_folded=_is_taken_back(article),
        may_take_back=_may_take_back(article, reader),
    )


def _left(said: Said) -> Said:
    return replace(said, delivery=replace(said.delivery, is_left=True)) if said.delivery else said


def _is_taken_back(article: Article) -> bool:
    outgoing: Outgoing | None = getattr(article, "outgoing", None)
    return TAKEN_BACK in article.marks or (outgoing is not None and outgoing.state == Outgoing.State.WITHDRAWN)


def _may_take_back(article: Article, reader: User) -> bool:
    waits = article.send_at is not None and article.send_at > now()
    return waits and article.author_id == reader.pk and not _is_taken_back(article)


def _name(article: Article) -> str:
    if article.author.is_system:
        return _("Helpdesk")
    written = article.sent_from.get("name") if article.sender == Sender.CUSTOMER else ""
    return clean_line(written or "", 150) or str(article.author)


def _about(article: Article) -> str:
    """By which way, to whom, and from which address when that is not the person's usual one."""
    if article.channel == Channel.NOTE:
        return ""
    if article.channel == Channel.PHONE:
        return _("by phone, noted by %(agent)s") % {"agent": article.author}
    if article.channel == Channel.EMAIL and article.sender != Sender.CUSTOMER and article.to:
        return _to_people([*article.to, *article.cc, *article.bcc])
    address = article.sent_from.get("address", "")
    if article.sender == Sender.CUSTOMER and address and address.lower() != article.author.email.lower():
        return _("by email from %(address)s") % {"address": address}
    return article.get_channel_display()


def _to_people(people: Sequence[dict[str, str]]) -> str:
    first = ", ".join(clean_line(one.get("name") or one.get("address", ""), 100) for one in people[:SHOWN])
    more = len(people) - SHOWN
    if more < 1:
        return _("by email to %(people)s") % {"people": first}
    text = ngettext("by email to %(people)s and %(number)s more", "by email to %(people)s and %(number)s more", more)
    return text % {"people": first, "number": more}
