"""The pages as a WSGI application; helpdesk/asgi.py serves them."""

import os
from collections.abc import Callable, Iterable
from typing import Any

from django.core.wsgi import get_wsgi_application

from core.room import with_room

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "helpdesk.settings")

_pages = get_wsgi_application()


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    return with_room(_pages, environ, start_response)
