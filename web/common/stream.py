"""The live stream: a native async route, so that a thousand open pages hold no thread and no database connection."""

import asyncio
import time
from urllib.parse import parse_qs

import redis.asyncio
from django.conf import settings
from django.core import signing
from redis.exceptions import RedisError

from web.common.live import Ear, opened_by

PATH = "/live/"
HEARTBEAT = 15


async def stream(scope, receive, send) -> None:
    """Server-sent events named `hint` for the channels of the token in `?token=`; 403 without a good one."""
    token = parse_qs(scope["query_string"].decode("latin-1")).get("token", [""])[0]
    try:
        ear = opened_by(token)
    except (signing.BadSignature, KeyError, TypeError):
        await _answer(send, 403)
        return
    client = redis.asyncio.Redis.from_url(settings.LIVE_REDIS_URL)
    try:
        async with client.pubsub() as pubsub:
            try:
                await pubsub.subscribe(*(f"live.{channel}" for channel in [*ear.channels, "nobody"]))
            except (RedisError, OSError):
                await _answer(send, 503)
                return
            await _start(send)
            await _pass_on(pubsub, ear, receive, send)
    finally:
        await client.aclose()


async def _pass_on(pubsub, ear: Ear, receive, send) -> None:
    """Hints until the token is over or the reader has gone; then the page opens a stream with a fresh token."""
    gone = asyncio.ensure_future(_wait_for_disconnect(receive))
    try:
        while not gone.done() and (left := ear.until - time.time()) > 0:
            message = await pubsub.get_message(ignore_subscribe_messages=True, timeout=min(HEARTBEAT, left))
            line = f"event: hint\ndata: {message['data'].decode()}\n\n" if message else ": still here\n\n"
            await send({"type": "http.response.body", "body": line.encode(), "more_body": True})
        await send({"type": "http.response.body", "body": b"event: renew\ndata: \n\n", "more_body": False})
    except (RedisError, OSError):
        return  # the page opens a new one, or asks by itself
    finally:
        gone.cancel()


async def _wait_for_disconnect(receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _start(send) -> None:
    headers = [
        (b"content-type", b"text/event-stream"),
        (b"cache-control", b"no-store"),
        (b"x-accel-buffering", b"no"),
        (b"x-content-type-options", b"nosniff"),
    ]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"retry: 3000\n\n", "more_body": True})


async def _answer(send, status: int) -> None:
    await send({"type": "http.response.start", "status": status, "headers": [(b"content-length", b"0")]})
    await send({"type": "http.response.body", "body": b""})
