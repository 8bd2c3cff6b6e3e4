"""Who got a message besides us, and where it wants its answers, as the desk shows it."""

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.text import clean_line, normalise_address
from mail.addressing import ours_among
from tickets.models import Article
from tickets.models.article import Sender
from tickets.models.ticket import Channel

Person = dict[str, str]
# So many names stand in a line; the others are folded away.
SHOWN = 3


@dataclass(frozen=True)
class Line:
    """One header of a message: its people, each in words."""

    label: str | Promise
    people: Sequence[str]

    @property
    def first(self) -> Sequence[str]:
        return self.people[:SHOWN]

    @property
    def more(self) -> Sequence[str]:
        return self.people[SHOWN:]


def envelope_of(article: Article, *, ours: Container[str]) -> Sequence[Line]:
    """The recipients of a mail that somebody sent us, but for us. Of our own mails those that its head does not name
    ."""
    if article.channel != Channel.EMAIL:
        return ()
    if article.sender != Sender.CUSTOMER:
        is_told = len([*article.to, *article.cc, *article.bcc]) <= SHOWN and not (article.cc or article.bcc)
        return () if is_told else _lines(article, ours=())
    return _lines(article, ours=ours) if _may_have_others(article) else ()


def our_addresses(articles: Iterable[Article]) -> Container[str]:
    """Those of the recipients of these messages that are ours: one query, and none where nobody else can be meant."""
    asked = [article for article in articles if article.channel == Channel.EMAIL and article.sender == Sender.CUSTOMER]
    return ours_among(person.get("address", "") for one in asked if _may_have_others(one) for person in _named(one))


def written(person: Person) -> str:
    """Name and address, both as they can be shown."""
    name, address = clean_line(person.get("name", ""), 100), clean_line(person.get("address", ""), 150)
    return f"{name} <{address}>" if name and address and name != address else address or name


def _lines(article: Article, *, ours: Container[str]) -> Sequence[Line]:
    sender = normalise_address(article.sent_from.get("address", ""))
    answers = [one for one in article.reply_to if normalise_address(one.get("address", "")) != sender]
    lines = (
        Line(_("To"), _words(article.to, ours)),
        Line(_("Cc"), _words(article.cc, ours)),
        Line(_("Bcc"), _words(article.bcc, ours)),
        Line(_("Answers to"), _words(answers, ours)),
    )
    return [line for line in lines if line.people]


def _words(people: Iterable[Person], ours: Container[str]) -> Sequence[str]:
    return [written(one) for one in people if normalise_address(one.get("address", "")) not in ours]


def _named(article: Article) -> Sequence[Person]:
    return [*article.to, *article.cc, *article.reply_to]


def _may_have_others(article: Article) -> bool:
    """A mail to one address, the one it was delivered to, went to us alone."""
    named = _named(article)
    incoming = getattr(article, "incoming", None)
    delivered = [normalise_address(one) for one in incoming.envelope_to] if incoming is not None else []
    return len(named) > 1 or (len(named) == 1 and normalise_address(named[0].get("address", "")) not in delivered)
