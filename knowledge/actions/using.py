"""Articles and requests: what an agent put into a reply, what solved a request, and articles made from one."""

from accounts.models import User
from core.clock import now
from core.html import from_text
from knowledge.actions.drafting import start_article
from knowledge.models import Article, Category, Use
from knowledge.writing import Facts, Words
from tickets.models import Ticket
from tickets.models.article import Sender


def use_in_ticket(article: Article, ticket: Ticket, how: str, *, language: str, by: User) -> Use:
    """It stands in a reply (`linked`, `inserted`) or has solved the request; the first time counts."""
    use, _new = Use.objects.get_or_create(
        article=article, ticket=ticket, how=how, defaults={"language": language, "user": by, "at": now()}
    )
    return use


def drop_use(use: Use, *, by: User) -> None:
    """It was a mistake."""
    Use.objects.filter(pk=use.pk).delete()


def note_deflected(article: Article, language: str, *, by: User | None = None) -> Use:
    """Somebody was about to send a request, and this article answered it."""
    return Use.objects.create(article=article, how=Use.How.DEFLECTED, language=language, user=by, at=now())


def words_from_ticket(ticket: Ticket) -> Words:
    """A first draft: what the customer asked, and the last answer. Its writer takes the names out."""
    said = ticket.articles.filter(visible_to_customer=True)
    asked = said.filter(sender=Sender.CUSTOMER).order_by("created_at", "id").first()
    answered = said.filter(sender=Sender.AGENT).order_by("-created_at", "-id").first()
    parts = [f"<blockquote>{from_text(asked.body)}</blockquote>" if asked else ""]
    parts.append(from_text(answered.body) if answered else "")
    return Words(title=ticket.title, body="".join(parts))


def draft_from_ticket(
    ticket: Ticket, category: Category, *, language: str, by: User, words: Words | None = None
) -> Article:
    """An internal draft made from a request, which remembers where it came from. Raises `Refused` without a title."""
    article = start_article(Facts(category, owner=by), language, words or words_from_ticket(ticket), by=by)
    use_in_ticket(article, ticket, Use.How.SOURCE, language=language, by=by)
    return article
