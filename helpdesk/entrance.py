"""The entrance of the web process: what could break the reading of a request is put right before anybody reads (T88).

Django takes the charset of a `Content-Type` for that of the query, too, and believes any codec that Python knows; a
parameter in a charset it does not know is an error. Both happen while the request is made, before anything could
answer for it. Pages, forms and JSON are UTF-8 here, so of all parameters only the boundary of a form means anything.
"""

import re
from collections.abc import Iterable
from urllib.parse import quote_from_bytes

PRINTABLE = "".join(map(chr, range(0x21, 0x7F)))

_BOUNDARY = re.compile(rb';\s*(boundary=(?:"[^"\\]{1,200}"|[^\s";,]{1,200}))', re.IGNORECASE)

Headers = Iterable[tuple[bytes, bytes]]


class Entrance:
    """ASGI middleware around everything."""

    def __init__(self, app):
        self.app = app

    async def __call__(self, scope, receive, send):
        if scope["type"] == "http":
            query = quote_from_bytes(scope["query_string"], safe=PRINTABLE).encode()
            scope = {**scope, "headers": list(_readable(scope["headers"])), "query_string": query}
        await self.app(scope, receive, send)


def _readable(headers: Headers) -> Headers:
    """With one `Content-Type` at most: the first."""
    seen = False
    for name, value in headers:
        if name != b"content-type":
            yield name, value
        elif not seen:
            seen = True
            yield name, content_type(value)


def content_type(written: bytes) -> bytes:
    """The media type, and of a multipart one its boundary."""
    kind = written.partition(b";")[0].strip()
    boundary = _BOUNDARY.search(written) if kind.lower().startswith(b"multipart/") else None
    return kind + b"; " + boundary[1] if boundary else kind
