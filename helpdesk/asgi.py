"""The web process: live stream and files native async, pages in a pool of threads with a database connection each."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "helpdesk.settings")

from a2wsgi import WSGIMiddleware
from django.conf import settings
from servestatic import ServeStaticASGI

from helpdesk.entrance import Entrance
from helpdesk.operation.requests import STREAMS
from helpdesk.settled import settle
from helpdesk.wsgi import application as pages
from web.common.sendfile import SendBlobs
from web.common.stream import PATH as LIVE
from web.common.stream import stream

THREADS = 8


def _far_future(_headers, path: str, _url: str) -> bool:
    """Names with a content hash never change."""
    name = path.rsplit("/", 1)[-1]
    return name.count(".") > 1


_pages = SendBlobs(WSGIMiddleware(pages, workers=THREADS))


async def _dispatch(scope, receive, send) -> None:
    if scope["type"] != "http":
        return
    if scope["path"] == LIVE:
        with STREAMS.track_inprogress():
            await stream(scope, receive, send)
    else:
        await _pages(scope, receive, send)


application = Entrance(ServeStaticASGI(_dispatch, root=str(settings.STATIC_ROOT), prefix=settings.STATIC_URL))
settle()
