"""Sending files: a view checks the right and names the blob in a header; the async side sends the bytes.

No thread of the pages ever waits for a client's network (eight slow readers would block the whole site).
"""

import asyncio

from core.blobs import open_blob

HEADER = b"x-send-blob"
CHUNK = 256 * 1024


class SendBlobs:
    """ASGI middleware around the pages: replaces the body of answers that carry `X-Send-Blob: <digest>`."""

    def __init__(self, app):
        self.app = app

    async def __call__(self, scope, receive, send):
        digest = None

        async def relay(message):
            nonlocal digest
            if message["type"] == "http.response.start":
                digest = dict(message["headers"]).get(HEADER)
                if digest:
                    drop = (HEADER, b"content-length")
                    message = {**message, "headers": [h for h in message["headers"] if h[0] not in drop]}
                    await _send_blob(digest.decode(), message, send, head_only=scope["method"] == "HEAD")
                    return
            elif digest:
                return
            await send(message)

        await self.app(scope, receive, relay)


async def _send_blob(digest: str, start: dict, send, *, head_only: bool) -> None:
    file = await asyncio.to_thread(open_blob, digest)
    with file:
        size = file.size
        start["headers"].append((b"content-length", str(size).encode()))
        await send(start)
        while not head_only and (chunk := await asyncio.to_thread(file.read, CHUNK)):
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})
