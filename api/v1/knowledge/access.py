"""Which articles a token's person reads and writes, and the errors of the domain as those of the interface."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import NotFound, PermissionDenied
from rest_framework.request import Request

from accounts.models import Brand, User
from api.problems import CannotBe, PreconditionFailed
from knowledge.changes import Refused, Stale
from knowledge.models import Article, Category, Translation
from knowledge.queries import ArticleQuerySet
from knowledge.rights import may_publish, may_write


def brand_of(request: Request) -> Brand | None:
    """Customers find what the portal under this host name has; agents work for all brands."""
    return None if request.user.is_agent else request.brand


def readable(request: Request) -> ArticleQuerySet:
    return Article.objects.visible_to(request.user, brand_of(request))


def categories(request: Request) -> QuerySet[Category]:
    """Of customers those with something for them, and what these are in: the name alone could tell what is hidden."""
    found = Category.objects.open(brand_of(request))
    if request.user.is_agent:
        return found
    above = dict(found.values_list("pk", "parent_id"))
    kept: set[int] = set()
    for pk in readable(request).order_by().values_list("category", flat=True).distinct():
        while pk in above and pk not in kept:
            kept.add(pk)
            pk = above[pk]
    return found.filter(pk__in=kept)


def article_of(request: Request, number: int) -> Article:
    """For writers also what is not published. What may not be seen looks like what is not there."""
    articles = readable(request)
    if may_write(request.user):
        articles = Article.objects.for_agent(request.user)
    rows = Translation.objects.select_related("published", "latest").defer("words").order_by("language")
    articles = articles.select_related("category", "owner").prefetch_related(Prefetch("translations", rows))
    found = articles.filter(number=number).first()
    if found is None:
        raise NotFound
    return found


def article_to_change(request: Request, number: int) -> Article:
    found = article_of(request, number)
    require_writer(request.user)
    Article.objects.select_for_update(of=("self",), no_key=True).get(pk=found.pk)
    return article_of(request, number)


def require_writer(person: User) -> None:
    if not may_write(person):
        raise PermissionDenied(_("Only people who write articles can do this."))


def require_publisher(person: User) -> None:
    if not may_publish(person):
        raise PermissionDenied(_("Only people who publish articles can do this."))


@contextmanager
def refusals() -> Iterator[None]:
    """What the verbs refuse, said by the interface."""
    try:
        yield
    except Refused as error:
        raise CannotBe(str(error)) from error
    except Stale as error:
        raise PreconditionFailed(_("The article has changed meanwhile.")) from error


def require_seen(header: str | None, article: Article) -> None:
    """`If-Match` names the version that somebody has seen."""
    if header is None or header.strip() == "*":
        return
    if etag(article) not in [tag.strip().removeprefix("W/") for tag in header.split(",")]:
        raise PreconditionFailed(_("The article has changed meanwhile."))


def etag(article: Article) -> str:
    return f'"{article.version}"'
