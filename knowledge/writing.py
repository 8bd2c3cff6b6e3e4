"""What a writer hands in: words, and the facts of an article. Cleaned here, kept by the verbs (knowledge/actions)."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.contrib.auth.models import Group

from accounts.models import Brand, User
from core.html import clean, to_text
from core.text import clean_line, strip_nul
from knowledge.models import Article, ArticleFile, Category, Revision, Visibility

MOST_KEYWORDS = 30
_PICTURES = re.compile(r'src="cid:([^"<>]+)"')


@dataclass(frozen=True)
class Words:
    """One version of the text. `files` are those that stand below it; pictures of the text come along by themselves."""

    title: str
    body: str  # HTML
    summary: str = ""
    keywords: tuple[str, ...] = ()
    files: tuple[ArticleFile, ...] = ()
    note: str = ""
    # The revision of the original that these words are a translation of; None: as before.
    of_revision: Revision | None = None


@dataclass(frozen=True)
class Facts:
    """What is said about an article in all its languages."""

    category: Category
    visibility: str = Visibility.INTERNAL
    roles: tuple[Group, ...] = ()
    brands: tuple[Brand, ...] = ()
    owner: User | None = None
    review_at: date | None = None
    related: tuple[Article, ...] = ()


@dataclass(frozen=True)
class CleanWords:
    """Words as they are stored."""

    title: str
    summary: str
    body: str
    text: str
    keywords: list[str]
    files: list[int]
    note: str

    def same_as(self, revision: Revision | None) -> bool:
        """Whether it says the same; what the author says of it does not count."""
        names = ("title", "summary", "body", "keywords", "files")
        return revision is not None and all(getattr(self, name) == getattr(revision, name) for name in names)


def cleaned(words: Words, *, files: Iterable[ArticleFile]) -> CleanWords:
    """The words of an article that has these files: safe HTML, and no other pictures than these."""
    files = list(files)
    pictures = {file.content_id: file for file in files if file.content_id}
    body = clean(words.body, images=picture_names(pictures))
    shown = [pictures[name].pk for name in dict.fromkeys(_PICTURES.findall(body)) if name in pictures]
    own = {file.pk for file in files}
    attached = [file.pk for file in words.files if file.pk in own and not file.is_inline]
    keywords = dict.fromkeys(clean_line(word, 60) for word in words.keywords)
    return CleanWords(
        title=clean_line(words.title, 200),
        summary=clean_line(words.summary, 500),
        body=body,
        text=to_text(body),
        keywords=[word for word in keywords if word][:MOST_KEYWORDS],
        files=sorted({*shown, *attached}),
        note=clean_line(strip_nul(words.note), 200),
    )


def picture_names(pictures: Mapping[str, ArticleFile]) -> dict[str, str]:
    """Pictures keep their `cid:` names; whoever shows the article puts in addresses."""
    return {name: f"cid:{name}" for name in pictures}
