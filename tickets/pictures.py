"""Pictures in a text that is being written: kept when they are put in, sent along as files when the text is."""

import re
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from uuid import UUID

from accounts.models import User
from core.blobs import store
from core.clock import now
from core.text import clean_filename
from tickets.messages import File
from tickets.models import Article, Picture
from tickets.scanning import givable, have_checked

_NAMED = re.compile(r"cid:([0-9a-f]{32})\.picture@helpdesk")
# Formats that every mail program shows, by their first bytes.
FORMATS = {
    "image/png": (b"\x89PNG\r\n\x1a\n",),
    "image/jpeg": (b"\xff\xd8\xff",),
    "image/gif": (b"GIF87a", b"GIF89a"),
    "image/webp": (b"RIFF",),
}
MOST = 50
# A draft that nobody has touched for so long has lost its pictures; what was sent has its own files.
KEPT = timedelta(days=30)


class NoPicture(ValueError):
    """The bytes are none of the formats that can be shown in a text."""


def keep_picture(file: File, *, by: User) -> Picture:
    """Raises `NoPicture` when it is none, whatever its name says."""
    beginnings = FORMATS.get(file.content_type.lower())
    if not beginnings or not file.content.startswith(beginnings):
        raise NoPicture
    kept = Picture.objects.create(
        user=by,
        name=clean_filename(file.name),
        content_type=file.content_type.lower(),
        digest=store(file.content),
    )
    have_checked([kept])
    return kept


def pictures_of(html: str, *, by: User) -> Sequence[File]:
    """The pictures that `by` has put into this text, as files to go along. Other people's are not found."""
    wanted = list(dict.fromkeys(_NAMED.findall(html)))[:MOST]
    if not wanted:
        return []
    pictures = Picture.objects.filter(user=by, uuid__in=[UUID(name) for name in wanted]).order_by("pk")
    return [
        File(picture.name, picture.content_type, picture.own_content(), is_inline=True, content_id=picture.content_id)
        for picture in pictures
    ]


def adopt_pictures(article: Article, *, by: User) -> dict[str, Picture]:
    """The pictures in a message's words as those of `by`, who goes on writing with these words; by their content ids.

    Those that `by` put in are there already; others came with a message that was passed on.
    """
    adopted = {}
    for file in givable(article.attachments.all()):
        name = f"cid:{file.content_id}"
        if file.content_id and name in article.html and not _NAMED.fullmatch(name):
            with suppress(NoPicture):
                adopted[file.content_id] = keep_picture(File(file.name, file.content_type, file.own_content()), by=by)
    return adopted


def forget_pictures() -> int:
    """Remove what was put into a text long ago; returns how many. The bytes stay with whatever else has them."""
    return Picture.objects.filter(added_at__lt=now() - KEPT).delete()[0]
