"""What agents write into the knowledge base: where a new article stands, its words, and what is said about it."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Brand, User
from core.html import from_text
from core.text import clean_line
from knowledge.categories import tree
from knowledge.models import Article, ArticleFile, Category, Visibility
from knowledge.writing import Facts, Words
from web.common.uploads import FilesField
from web.desk.knowledge.bodies import for_editor, from_editor
from web.desk.knowledge.page import ArticlePage

MAX_TEXT = 500_000
# Between the name of a category and those below it.
STEP = "\N{EM SPACE}"


class CategoryField(forms.ModelChoiceField):
    """The tree as a list, each name further in than the one it stands below."""

    def __init__(self, **options: Any) -> None:
        super().__init__(Category.objects.open(None), label=_("Category"), empty_label=None, **options)

    def offer(self, known: Category | None = None) -> None:
        """`known` is offered even if it is not in use any more."""
        language = get_language() or ""
        places = [(one.pk, f"{STEP * depth}{one.name_in(language)}") for depth, one in tree(self.queryset)]
        if known is not None and known.pk not in dict(places):
            places.append((known.pk, known.name_in(language)))
            self.queryset = Category.objects.all()
        self.choices = places


class NewArticle(forms.Form):
    title = forms.CharField(label=_("Title"), max_length=200)
    category = CategoryField()
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    visibility = forms.ChoiceField(
        label=_("Who can read it"),
        choices=Visibility.choices,
        initial=Visibility.INTERNAL,
        help_text=_("Nobody reads it before it is published."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self.fields["category"].offer()

    def clean_title(self) -> str:
        return clean_line(self.cleaned_data["title"], 200)

    def facts(self, owner: User) -> Facts:
        found = self.cleaned_data
        return Facts(found["category"], visibility=found["visibility"], owner=owner)


class ArticleOfTicket(forms.Form):
    """For an article that is made of a ticket; what it says comes from there."""

    title = forms.CharField(label=_("Title"), max_length=200)
    category = CategoryField()
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self.fields["category"].offer()

    def clean_title(self) -> str:
        return clean_line(self.cleaned_data["title"], 200)


class ArticleWords(forms.Form):
    """`html` is what the editor makes; where it runs, it counts. `kept` are the files that stay below the words."""

    title = forms.CharField(label=_("Title"), max_length=200, error_messages={"required": _("Give it a title.")})
    summary = forms.CharField(label=_("Summary"), max_length=500, required=False)
    text = forms.CharField(label=_("Text of the article"), max_length=MAX_TEXT, required=False)
    html = forms.CharField(max_length=4 * MAX_TEXT, required=False)
    keywords = forms.CharField(
        label=_("Keywords"),
        max_length=2000,
        required=False,
        help_text=_("Other words that people search for, with commas between them."),
    )
    files = FilesField(label=_("Add files"))
    note = forms.CharField(label=_("What has changed"), max_length=200, required=False)
    still_right = forms.BooleanField(label=_("This translation fits the newest original"), required=False)

    def __init__(self, data: Any = None, files: Any = None, *, page: ArticlePage, **kwargs: Any) -> None:
        super().__init__(data, files, label_suffix="", **kwargs)
        self.page = page
        self._fill()
        if not (page.mark and page.mark.is_outdated):
            del self.fields["still_right"]

    def _fill(self) -> None:
        words = self.page.one.latest if self.page.one else None
        if words is None:
            return
        self.initial |= {
            "title": words.title,
            "summary": words.summary,
            "text": words.text,
            "html": for_editor(words.body, self.page.all_files),
            "keywords": ", ".join(words.keywords),
        }

    @property
    def seen(self) -> int | None:
        """What the form was made from; after a refusal the newest, which its sender has been shown."""
        if self.is_bound and not getattr(self, "stale", None):
            value = self.data.get("seen", "")
            return int(value) if value.isascii() and value.isdecimal() and len(value) < 10 else 0
        return self.page.seen

    @property
    def choosable(self) -> Sequence[ArticleFile]:
        return [file for file in self.page.all_files if not file.is_inline]

    @property
    def kept_now(self) -> set[int]:
        if self.is_bound:
            return {int(pk) for pk in self.data.getlist("kept") if pk.isascii() and pk.isdecimal() and len(pk) < 19}
        return set(self.page.one.latest.files) if self.page.one and self.page.one.latest else set()

    def words(self, added: Sequence[ArticleFile]) -> Words:
        """Without an editor an unchanged text keeps its form, a changed one becomes paragraphs."""
        found, latest = self.cleaned_data, self.page.one.latest if self.page.one else None
        body = from_editor(found["html"], self.page.article)
        if not body.strip():
            same = latest is not None and _plain(found["text"]) == _plain(latest.text)
            body = latest.body if latest is not None and same else from_text(found["text"])
        kept = self.kept_now
        return Words(
            title=found["title"],
            body=body,
            summary=found["summary"],
            keywords=tuple(word.strip() for word in found["keywords"].split(",") if word.strip()),
            files=(*(file for file in self.choosable if file.pk in kept), *added),
            note=found["note"],
            of_revision=self.page.newest_original if found.get("still_right") else None,
        )


class ArticleFacts(forms.Form):
    """Where an article stands, who may read it, and whose it is. Only the roles and brands there are, are offered."""

    category = CategoryField()
    visibility = forms.ChoiceField(label=_("Who can read it"), choices=Visibility.choices)
    roles = forms.ModelMultipleChoiceField(
        Group.objects.none(),
        label=_("Only for these roles"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Counts for articles that only agents read. Without a choice all agents read it."),
    )
    brands = forms.ModelMultipleChoiceField(
        Brand.objects.none(),
        label=_("Only for these brands"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Without a choice it is found wherever its category is."),
    )
    owner = forms.ModelChoiceField(
        User.objects.none(), label=_("Looked after by"), required=False, empty_label=_("Nobody")
    )
    review_at = forms.DateField(
        label=_("Look at it again on"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    related = forms.CharField(
        label=_("Related articles"),
        required=False,
        max_length=500,
        help_text=_("Their numbers, with commas between them."),
    )

    def __init__(self, *args: Any, article: Article, reader: User, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", initial=_facts_of(article, reader), **kwargs)
        self.article, self.reader = article, reader
        self.fields["category"].offer(article.category)
        self.fields["roles"].queryset = Group.objects.filter(role__isnull=False).order_by("name")
        brands = Brand.objects.order_by("name")
        self.fields["brands"].queryset = brands
        if brands.count() < 2:
            del self.fields["brands"]
        people = User.objects.filter(is_agent=True, is_active=True) | User.objects.filter(pk=article.owner_id)
        self.fields["owner"].queryset = people.order_by("name", "pk")

    def clean_related(self) -> Sequence[Article]:
        words = [word.strip().lstrip("#") for word in self.cleaned_data["related"].split(",") if word.strip()]
        numbers = {int(word) for word in words if word.isascii() and word.isdecimal() and len(word) < 19}
        found = list(Article.objects.for_agent(self.reader).filter(number__in=numbers).exclude(pk=self.article.pk))
        known = {str(one.number) for one in found}
        unknown = [word for word in words if word not in known]
        if unknown:
            message = gettext("There is no other article %(number)s.")
            raise ValidationError([message % {"number": clean_line(word, 30)} for word in unknown[:5]])
        return found

    def facts(self) -> Facts:
        """What the reader may not see stays as it is: related articles of other roles."""
        found = self.cleaned_data
        hidden = self.article.related.exclude(pk__in=Article.objects.for_agent(self.reader).values("pk"))
        brands = found["brands"] if "brands" in found else self.article.brands.all()
        return Facts(
            found["category"],
            visibility=found["visibility"],
            roles=tuple(found["roles"]),
            brands=tuple(brands),
            owner=found["owner"],
            review_at=found["review_at"],
            related=(*found["related"], *hidden),
        )


def facts_of(article: Article, **other: Any) -> Facts:
    """What is said of an article now, but for what is named here."""
    now: dict[str, Any] = {
        "category": article.category,
        "visibility": article.visibility,
        "roles": tuple(article.roles.all()),
        "brands": tuple(article.brands.all()),
        "owner": article.owner,
        "review_at": article.review_at,
        "related": tuple(article.related.all()),
    }
    return Facts(**now | other)


def _facts_of(article: Article, reader: User) -> dict[str, Any]:
    facts = facts_of(article)
    readable = Article.objects.for_agent(reader).filter(pk__in=[one.pk for one in facts.related])
    numbers = readable.order_by("number").values_list("number", flat=True)
    return {
        "category": facts.category.pk,
        "visibility": facts.visibility,
        "roles": [role.pk for role in facts.roles],
        "brands": [brand.pk for brand in facts.brands],
        "owner": facts.owner.pk if facts.owner else None,
        "review_at": facts.review_at,
        "related": ", ".join(str(number) for number in numbers),
    }


def _plain(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.replace("\r\n", "\n").strip().split("\n"))
