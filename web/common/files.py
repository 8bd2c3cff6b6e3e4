"""Files of articles: the view checks the right, the async side sends the bytes (sendfile.py).

What a stranger sent is never rendered by the browser: everything is a download of a harmless type, except images
that are one by their first bytes (T03, T04). What the virus scanner objects to is not sent at all (T18): `give_out`
raises, and web/common/withheld.py answers.
"""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from django.views.decorators.http import conditional_page, require_safe

from accounts.models import User
from core.blobs import load
from knowledge.models import ArticleFile
from tickets.models import Attachment, Ticket
from tickets.models.article import Sender
from web.common.access import sign_in_first
from web.common.by_link import has_opened, opened

RASTER = {
    "image/png": (b"\x89PNG\r\n\x1a\n",),
    "image/jpeg": (b"\xff\xd8\xff",),
    "image/gif": (b"GIF87a", b"GIF89a"),
    "image/webp": (b"RIFF",),
}
# Types that a browser hands to a program and does not run itself.
DOWNLOADS = {"application/pdf", "text/plain", "application/zip", *RASTER}
SANDBOX = "sandbox; default-src 'none'"


@require_safe
@conditional_page
def attachment(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The file as a download; 404 unless the person may see the message it belongs to."""
    file = _asked_for(request, uuid)
    return as_download(file) if file is not None else sign_in_first(request)


@require_safe
@conditional_page
def inline_image(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """An image inside a message, when its bytes really are one of the raster formats."""
    file = _asked_for(request, uuid)
    return as_picture(file) if file is not None else sign_in_first(request)


def as_picture(file: Attachment | ArticleFile) -> HttpResponse:
    """Shown by the browser; 404 unless it is an image by its first bytes. Raises `Withheld`."""
    if not is_picture(file):
        raise Http404
    return send_blob(file.give_out(), content_type=file.content_type, name="")


def as_download(file: Attachment | ArticleFile) -> HttpResponse:
    """Raises `Withheld`."""
    content_type = file.content_type if file.content_type in DOWNLOADS else "application/octet-stream"
    return send_blob(file.give_out(), content_type=content_type, name=file.name)


def is_picture(file: Attachment | ArticleFile) -> bool:
    """By its first bytes, not by what it calls itself."""
    beginnings = RASTER.get(file.content_type)
    return bool(beginnings) and load(file.digest)[:16].startswith(beginnings)


def send_blob(digest: str, *, content_type: str, name: str) -> HttpResponse:
    """An answer whose body is the blob; with a name it is a download."""
    response = HttpResponse(content_type=content_type)
    response["X-Send-Blob"] = digest
    # asked for again each time, so that a right that ended ends here too; what has not changed is not sent again
    response["Cache-Control"] = "private, no-cache"
    response["ETag"] = f'"{digest}"'
    response["Content-Security-Policy"] = SANDBOX
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Disposition"] = content_disposition_header(bool(name), name) or "inline"
    return response


def _asked_for(request: HttpRequest, uuid: UUID) -> Attachment | None:
    """The file for whoever is signed in, or has opened its request by a secret link; None: sign in first."""
    linked = _by_link(request, uuid)
    if linked is not None:
        return linked
    return file_for(request.user, uuid) if request.user.is_authenticated else None


def _by_link(request: HttpRequest, uuid: UUID) -> Attachment | None:
    """A file of a public message in a request that this browser opened by a link, as long as that holds (T43)."""
    if not has_opened(request):
        return None
    public = Attachment.objects.select_related("article__ticket").filter(article__visible_to_customer=True)
    file = public.exclude(article__sender=Sender.SYSTEM).filter(uuid=uuid).first()
    found = opened(request, file.article.ticket.number) if file is not None else None
    return file if file is not None and found is not None and found.ticket.pk == file.article.ticket_id else None


def file_for(user: User, uuid: UUID) -> Attachment:
    """The file, if the person may read its article: as an agent, or as a customer when the article is public."""
    file = Attachment.objects.select_related("article").filter(uuid=uuid).first()
    if file is None:
        raise Http404
    tickets = Ticket.objects.filter(pk=file.article.ticket_id)
    if tickets.allowing(user, "read").exists():
        return file
    if file.article.visible_to_customer and tickets.of_customer(user).exists():
        return file
    raise Http404
