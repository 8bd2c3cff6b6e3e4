"""A POST happens once, however often it is sent (K07): the key, the effect and the answer are one transaction."""

import hashlib
import json
import re
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from django.db import OperationalError, transaction
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import ParseError
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from api.base import Door
from api.models import KeptAnswer
from api.problems import OtherRequest, StillRunning, is_busy

HEADER = "Idempotency-Key"
KEPT_FOR = timedelta(hours=48)
CLEARED_AT_ONCE = 100
_KEY = re.compile(r"[\x21-\x7e]{1,255}\Z")

Post = Callable[..., Response]


def once(post: Post) -> Post:
    """Run the view in a transaction. With a key, a repeat waits for the first request and gets its answer.

    A refused request keeps nothing: it may be mended and sent again with the same key.
    """

    @wraps(post)
    def answered(self: Door, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        key = request.headers.get(HEADER)
        with transaction.atomic():
            if key is None:
                return post(self, request, *args, **kwargs)
            kept = _claim(request, _checked(key))
            if not kept.status:
                _keep(kept, post(self, request, *args, **kwargs))
                _clear_old()
            return _answer(kept)

    return answered


def _checked(key: str) -> str:
    if not _KEY.match(key):
        raise ParseError(_("The Idempotency-Key must be 1 to 255 visible ASCII characters."))
    return key


def _claim(request: Request, key: str) -> KeptAnswer:
    """The row of this key, locked. Only the transaction that made it ever sees it without an answer."""
    family = request.auth.family  # a program that has renewed its token meanwhile still asks for the same
    row = KeptAnswer(token_id=family, key=key, request_digest=_digest(request))
    try:
        # A second request waits here until the first one's transaction has ended.
        KeptAnswer.objects.bulk_create([row], ignore_conflicts=True)
        kept = KeptAnswer.objects.select_for_update().get(token_id=family, key=key)
    except OperationalError as error:
        if is_busy(error):
            raise StillRunning from error
        raise
    if kept.created_at < timezone.now() - KEPT_FOR:
        kept.request_digest, kept.status, kept.created_at = row.request_digest, 0, row.created_at
    if kept.request_digest != row.request_digest:
        raise OtherRequest
    return kept


def _digest(request: Request) -> str:
    sent = [request.method, request.path, request.data]
    return hashlib.sha256(json.dumps(sent, sort_keys=True).encode()).hexdigest()


def _keep(kept: KeptAnswer, response: Response) -> None:
    kept.status = response.status_code
    kept.location = response.get("Location", "")
    kept.body = JSONRenderer().render(response.data).decode()
    kept.save()


def _answer(kept: KeptAnswer) -> HttpResponse:
    response = HttpResponse(kept.body, status=kept.status, content_type=JSONRenderer.media_type)
    if kept.location:
        response["Location"] = kept.location
    return response


def _clear_old() -> None:
    """Rows whose time is over; those that another request is clearing are left to it."""
    old = KeptAnswer.objects.filter(created_at__lt=timezone.now() - KEPT_FOR).select_for_update(skip_locked=True)
    KeptAnswer.objects.filter(pk__in=list(old.values_list("pk", flat=True)[:CLEARED_AT_ONCE])).delete()
