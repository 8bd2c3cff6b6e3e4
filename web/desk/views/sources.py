"""The untouched mail behind an article: shown in a sandbox of its own, or as a download.

What a stranger wrote runs nowhere: the page has an origin of its own, may load nothing, run nothing, send nothing. A
mail with a file that is not given out is not given out either, for the file is in it.
"""

import base64

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from core.blobs import load, open_blob
from mail.parse import parse
from mail.parsing.model import Message, TooComplex
from tickets.scanning import give_out_message
from web.common.access import agent_required
from web.common.files import RASTER, send_blob
from web.desk.source import SHOWN, people_of, source_of, with_people
from web.desk.tickets import article_or_404

POLICY = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; form-action 'none'; "
    "base-uri 'none'; frame-ancestors 'self'"
)
# A larger mail is only offered as a download.
MOST_BYTES = 10 * 1024 * 1024
MOST_PICTURES = 4 * 1024 * 1024


@require_safe
@agent_required
def original(request: HttpRequest, pk: int) -> HttpResponse:
    """The mail as its sender made it; 404 when the article was no mail, or one too large to be shown."""
    article = article_or_404(request, pk)
    incoming = getattr(article, "incoming", None)
    if incoming is None or not incoming.digest or incoming.size > MOST_BYTES:
        raise Http404
    give_out_message(article)
    try:
        mail = parse(load(incoming.digest))
    except TooComplex as error:
        raise Http404 from error
    if mail.html:
        response = HttpResponse(with_people(_with_pictures(mail), mail), content_type="text/html; charset=utf-8")
    else:
        response = HttpResponse(f"{people_of(mail)}\n\n{mail.text}", content_type="text/plain; charset=utf-8")
    response["Content-Security-Policy"] = POLICY
    response["X-Frame-Options"] = "SAMEORIGIN"
    response["Referrer-Policy"] = "no-referrer"
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_safe
@agent_required
def source(request: HttpRequest, pk: int) -> HttpResponse:
    """The message as it travelled: headers and text, to read; the bytes themselves are the download."""
    article = article_or_404(request, pk)
    message = getattr(article, "incoming", None) or getattr(article, "outgoing", None)
    if message is None or not message.digest:
        raise Http404
    give_out_message(article)
    with open_blob(message.digest) as file:
        shown = source_of(file.read(SHOWN + 1))
    context = {"article": article, "ticket": article.ticket, "source": shown, "size": message.size}
    return render(request, "desk/source.html", context | {"section": "tickets"})


@require_safe
@agent_required
def raw(request: HttpRequest, pk: int) -> HttpResponse:
    """The bytes as they came or went, as an .eml file."""
    article = article_or_404(request, pk)
    message = getattr(article, "incoming", None) or getattr(article, "outgoing", None)
    if message is None or not message.digest:
        raise Http404
    give_out_message(article)
    return send_blob(message.digest, content_type="message/rfc822", name=f"{article.ticket.number}-{article.pk}.eml")


def _with_pictures(mail: Message) -> str:
    """Pictures that came along, written into the page: a sandbox has no session with which to fetch them."""
    html, left = mail.html, MOST_PICTURES
    # a longer name first, which may begin with a shorter one
    for file in sorted(mail.attachments, key=lambda one: -len(one.content_id)):
        name = f"cid:{file.content_id}"
        if not file.content_id or name not in html or not file.content.startswith(RASTER.get(file.content_type, ())):
            continue
        left -= len(file.content)
        if left < 0:
            break
        html = html.replace(name, f"data:{file.content_type};base64,{base64.b64encode(file.content).decode()}")
    return html
