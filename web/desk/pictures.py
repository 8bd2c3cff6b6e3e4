"""Pictures in a text that is being written: the browser knows them by address, the stored text by content id."""

import re
from collections.abc import Mapping
from uuid import UUID

from django.urls import reverse

from tickets.models import Article, Picture

_ADDRESS = re.compile(r"/desk/pictures/([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})/")
_CONTENT_ID = re.compile(r"cid:([0-9a-f]{32})\.picture@helpdesk")


def named(html: str) -> str:
    """As it is stored and sent."""
    return _ADDRESS.sub(lambda found: f"cid:{UUID(found[1]).hex}.picture@helpdesk", html)


def addressed(html: str) -> str:
    """As the editor shows it."""
    return _CONTENT_ID.sub(lambda found: reverse("desk:picture", args=[UUID(found[1])]), html)


def own_names(html: str) -> Mapping[str, str]:
    """The pictures of a text, for `core.html.clean`: each keeps its name."""
    return {name[4:]: name for name in (found[0] for found in _CONTENT_ID.finditer(html))}


def words_of(article: Article, *, pictures: Mapping[str, Picture]) -> dict[str, str]:
    """The words of a message as fields of a form; `pictures` are by the content ids that the message knows them by."""
    html = article.html
    for content_id, picture in pictures.items():
        html = html.replace(f'"cid:{content_id}"', f'"{reverse("desk:picture", args=[picture.uuid])}"')
    return {"text": article.body, "html": addressed(html)}
