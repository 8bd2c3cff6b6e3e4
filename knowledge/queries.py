"""Sets of articles. Whatever shows one or a part of one starts at `visible_to` or `editable_by`.

Readers see what is published. What is for agents may be for some roles alone, also among those who write.
"""

from typing import TYPE_CHECKING, Any, Self

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Coalesce

from accounts.models import User
from accounts.roles import article_publishers
from knowledge.open_categories import stands_open
from knowledge.rights import may_publish, may_write

if TYPE_CHECKING:
    from knowledge.models.article import Article, ArticleFile, Translation  # noqa: F401

# Nobody: a visitor who has not signed in.
Reader = User | AnonymousUser | None


class ArticleQuerySet(models.QuerySet["Article"]):
    def visible_to(self, user: Reader, brand: models.Model | None = None) -> Self:
        """The one rule of what may be read, by visitors (None), customers and agents; `brand` narrows it further."""
        return self.filter(_readable(self.model, user, brand, ""))

    def editable_by(self, user: User) -> Self:
        """What `user` may write, published or not: nothing without the mark of a role (knowledge/rights.py)."""
        return self.filter(_for_roles_of(self.model, user, "")) if may_write(user) else self.none()

    def publishable_by(self, user: User) -> Self:
        """What `user` may show to readers, take back and archive; four eyes come on top (knowledge/actions)."""
        return self.editable_by(user) if may_publish(user) else self.none()

    def for_agent(self, user: User) -> Self:
        """What an agent finds in the desk: what may be read, and for writers also what is not published."""
        if not (user.is_active and user.is_agent):
            return self.none()
        if may_write(user):
            return self.filter(_for_roles_of(self.model, user, ""))
        return self.visible_to(user)


def publishers_of(article: "Article") -> models.QuerySet[User]:
    """Everybody who may publish `article`: the other side of `publishable_by`."""
    everybody = article_publishers()
    roles = article.roles.all()
    if article.visibility != "internal" or not roles.exists():
        return everybody
    return everybody.filter(Exists(User.groups.through.objects.filter(user=OuterRef("pk"), group__in=roles)))


class TranslationQuerySet(models.QuerySet["Translation"]):
    def visible_to(self, user: Reader, brand: models.Model | None = None) -> Self:
        """The languages in which readers find these articles."""
        articles = self.model._meta.get_field("article").related_model
        return self.filter(_readable(articles, user, brand, "article__"), published__isnull=False)

    def with_outdated(self) -> Self:
        """`is_outdated`: the original has been published anew since the newest words here were translated."""
        original = self.model._default_manager.filter(
            article=OuterRef("article"),
            language=OuterRef("article__language"),
            published__number__gt=Coalesce(OuterRef("of_revision__number"), 0),
        )
        return self.annotate(is_outdated=Exists(original.exclude(pk=OuterRef("pk"))))

    def outdated(self) -> Self:
        return self.with_outdated().filter(Q(is_outdated=True))


class ArticleFileQuerySet(models.QuerySet["ArticleFile"]):
    def visible_to(self, user: Reader, brand: models.Model | None = None) -> Self:
        """Files of articles that may be read, while something published names them."""
        articles: Any = self.model._meta.get_field("article").related_model
        translations: Any = articles._meta.get_field("translations").related_model
        naming = translations.objects.filter(article=OuterRef("article"), published__files__contains=[OuterRef("pk")])
        return self.filter(_readable(articles, user, brand, "article__")).filter(Exists(naming))

    def editable_by(self, user: User) -> Self:
        """All files of articles that `user` may write."""
        articles = self.model._meta.get_field("article").related_model
        return self.filter(_for_roles_of(articles, user, "article__")) if may_write(user) else self.none()


def _readable(articles: Any, user: Reader, brand: models.Model | None, prefix: str) -> Q:
    there = Q(**{f"{prefix}is_published": True, f"{prefix}archived_at__isnull": True})
    rule = _audience(articles, user, prefix) & there & Q(stands_open(f"{prefix}category", brand))
    if brand is None:
        return rule
    named = articles.brands.through.objects.filter(article=OuterRef(f"{prefix}pk"))
    return rule & (~Exists(named) | Exists(named.filter(brand=brand.pk)))


def _audience(articles: Any, user: Reader, prefix: str) -> Q:
    public = Q(**{f"{prefix}visibility": "public"})
    if user is None or not user.is_active:
        return public
    signed_in = public | Q(**{f"{prefix}visibility": "customers"})
    if not user.is_agent:
        return signed_in
    return _for_roles_of(articles, user, prefix)


def _for_roles_of(articles: Any, user: Any, prefix: str) -> Q:
    """Everything but what is for agents of other roles."""
    named = articles.roles.through.objects.filter(article=OuterRef(f"{prefix}pk"))
    mine = named.filter(group__in=user.groups.all())
    return ~Q(**{f"{prefix}visibility": "internal"}) | ~Exists(named) | Exists(mine)
