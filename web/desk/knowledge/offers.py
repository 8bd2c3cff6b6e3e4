"""Articles for a ticket: what may answer it, as a link or as text for the reply, in the customer's language."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from accounts.models import User
from core import links
from core.html import clean, from_text, to_text
from knowledge.models import Article, Revision, Translation, Use, Visibility
from knowledge.queries import TranslationQuerySet
from knowledge.search import Hit, find, suggest
from tickets.models import Ticket
from tickets.models.article import Sender
from tickets.wordings import Offer

# As buttons and addresses name them.
LINK, TEXT = "link", "text"
HOW = {LINK: Use.How.LINKED, TEXT: Use.How.INSERTED}
SUGGESTED = 5
OFFERED = 3
# Of what the customer wrote; the question is asked at the beginning.
READ = 2000


@dataclass(frozen=True)
class Suggestion:
    """An article beside a ticket. What customers may not read cannot be put into a reply."""

    translation: Translation
    ticket: Ticket
    used: Sequence[Use] = ()

    @property
    def article(self) -> Article:
        return self.translation.article

    @property
    def words(self) -> Revision:
        words = self.translation.published
        assert words is not None
        return words

    @property
    def may_be_sent(self) -> bool:
        return self.article.visibility != Visibility.INTERNAL

    @property
    def is_other_language(self) -> bool:
        return bool(self.ticket.language) and self.translation.language != self.ticket.language

    @property
    def solved(self) -> bool:
        return any(use.how == Use.How.SOLVED for use in self.used)

    @property
    def address(self) -> str:
        """Where the customer finds it: under the host name of the brand."""
        brand = self.ticket.queue.brand
        return links.knowledge_article(self.article.number, host=brand.host if brand else "")

    @property
    def url(self) -> str:
        return f"{reverse('desk:knowledge_article', args=[self.article.number])}?lang={self.translation.language}"

    @property
    def use_url(self) -> str:
        return reverse("desk:ticket_article_use", args=[self.ticket.number, self.article.number])

    def key(self, how: str) -> str:
        return f"article-{self.article.number}-{how}"

    def text(self, how: str) -> str:
        """As plain text."""
        if how == LINK:
            return f"{self.words.title}\n{self.address}"
        return to_text(clean(self.words.body))

    def html(self, how: str) -> str:
        """As the editor takes it, without pictures, which are not the customer's to fetch."""
        return from_text(self.text(LINK)) if how == LINK else clean(self.words.body)

    @property
    def link_text(self) -> str:
        return self.text(LINK)

    @property
    def link_html(self) -> str:
        return self.html(LINK)

    @property
    def whole_text(self) -> str:
        return self.text(TEXT)

    @property
    def whole_html(self) -> str:
        return self.html(TEXT)

    @property
    def whole_shown(self) -> SafeString:
        return mark_safe(self.html(TEXT))  # noqa: S308 - cleaned just before

    @property
    def link_key(self) -> str:
        return self.key(LINK)

    @property
    def text_key(self) -> str:
        return self.key(TEXT)


def suggestions(ticket: Ticket, agent: User) -> list[Suggestion]:
    """What may answer the ticket by its subject and the customer's first words; nothing that is used already."""
    used = set(ticket.knowledge_uses.values_list("article", flat=True))
    hits = suggest(
        asked_in(ticket), user=agent, brand=ticket.queue.brand, language=ticket.language, limit=SUGGESTED + len(used)
    )
    return _of(ticket, [hit for hit in hits if hit.article.pk not in used][:SUGGESTED])


def found(ticket: Ticket, agent: User, words: str, *, limit: int = OFFERED) -> list[Suggestion]:
    """Articles with these words."""
    hits = find(words, user=agent, brand=ticket.queue.brand, language=ticket.language, limit=limit).hits
    return _of(ticket, hits)


def used_on(ticket: Ticket, agent: User) -> list[Suggestion]:
    """Articles that stand in replies of this ticket, solved it, or were made from it, as far as they may be read."""
    uses: dict[int, list[Use]] = {}
    for use in ticket.knowledge_uses.order_by("at", "id"):
        uses.setdefault(use.article_id, []).append(use)
    rows = Translation.objects.visible_to(agent).filter(article__in=uses)
    shown = _best(rows, ticket)
    return [Suggestion(shown[pk], ticket, uses[pk]) for pk in uses if pk in shown]


def to_be_sent(ticket: Ticket, agent: User, number: int) -> Suggestion | None:
    """One article for this ticket, in the language that suits the customer best."""
    rows = Translation.objects.visible_to(agent, ticket.queue.brand).filter(article__number=number)
    shown = list(_best(rows, ticket).values())
    return Suggestion(shown[0], ticket) if shown else None


def offer_of_article(agent: User, ticket: Ticket, key: str) -> Offer | None:
    """What `?wording=article-12-link` puts into the reply, for pages without script."""
    kind, _dash, rest = key.partition("-")
    number, _dash, how = rest.partition("-")
    if kind != "article" or how not in HOW or not (number.isascii() and number.isdecimal() and len(number) < 19):
        return None
    one = to_be_sent(ticket, agent, int(number))
    if one is None or not one.may_be_sent:
        return None
    return Offer(key, one.words.title, "", one.translation.language, one.text(how), ())


def asked_in(ticket: Ticket) -> str:
    """What the ticket is about, in the customer's words."""
    said = ticket.articles.filter(visible_to_customer=True, sender=Sender.CUSTOMER).order_by("pk")
    first = said.values_list("body", flat=True).first() or ""
    return f"{ticket.title}\n{first[:READ]}"


def _of(ticket: Ticket, hits: Iterable[Hit]) -> list[Suggestion]:
    rows = Translation.objects.filter(pk__in=[hit.translation.pk for hit in hits])
    known = _complete(rows).in_bulk()
    return [Suggestion(known[hit.translation.pk], ticket) for hit in hits if hit.translation.pk in known]


def _best(rows: TranslationQuerySet, ticket: Ticket) -> dict[int, Translation]:
    """By article: the customer's language, else the original, else the first there is."""
    best: dict[int, Translation] = {}
    for row in _complete(rows).order_by("article", "language"):
        if row.article_id not in best or _rank(row, ticket) < _rank(best[row.article_id], ticket):
            best[row.article_id] = row
    return best


def _complete(rows: TranslationQuerySet) -> TranslationQuerySet:
    return rows.select_related("article", "published").defer("words")


def _rank(row: Translation, ticket: Ticket) -> tuple[bool, bool]:
    return (row.language != ticket.language, row.language != row.article.language)
