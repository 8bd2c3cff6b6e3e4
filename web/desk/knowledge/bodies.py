"""The words of an article with its pictures: for agents to read, for the editor, and back into what is stored."""

import re
from collections.abc import Iterable
from uuid import UUID

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from core.html import clean
from knowledge.models import Article, ArticleFile, Revision
from web.desk.pictures import named

_ADDRESS = re.compile(r"/desk/knowledge/files/([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})/")


def shown(revision: Revision, pictures: Iterable[ArticleFile]) -> SafeString:
    """As it reads. Revisions were cleaned when they were stored; only addresses of pictures come in here."""
    addresses = addresses_of(pictures)
    return mark_safe(clean(revision.body, images=addresses) if addresses else revision.body)  # noqa: S308


def addresses_of(pictures: Iterable[ArticleFile]) -> dict[str, str]:
    """By content id."""
    return {file.content_id: _address(file) for file in pictures if file.content_id}


def for_editor(body: str, pictures: Iterable[ArticleFile]) -> str:
    """With addresses that the browser of any writer may fetch."""
    for name, address in addresses_of(pictures).items():
        body = body.replace(f'"cid:{name}"', f'"{address}"')
    return body


def from_editor(html: str, article: Article) -> str:
    """As it is stored: pictures by their names, those that were just put in as well as those of the article."""
    wanted = {UUID(found[1]) for found in _ADDRESS.finditer(html)}
    names = dict(article.files.filter(uuid__in=wanted).values_list("uuid", "content_id")) if wanted else {}
    return named(_ADDRESS.sub(lambda found: f"cid:{names.get(UUID(found[1]), '')}", html))


def _address(file: ArticleFile) -> str:
    return reverse("desk:knowledge_file", args=[file.uuid])
