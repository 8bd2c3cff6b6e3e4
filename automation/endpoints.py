"""Endpoints as administrators keep them: saved with audit, their secrets changed, tried, and switched off when nobody
answers for days."""

import re
from collections.abc import Iterable, Mapping
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.audit import note_change, remove_audited, save_audited, save_with_rows
from accounts.models import User
from accounts.people import system_actor
from automation import webhook_turns
from automation.models import Endpoint, EndpointState, WebhookDelivery
from automation.notices.news import tell_endpoint_off
from automation.webhook_payload import TEST, example, written
from automation.webhook_signing import new_secret
from automation.webhook_troubles import OFF
from core.calling import checked_address
from core.liquid import TemplateError
from core.secrets import goes_elsewhere, seal
from core.text import clean_line
from core.work import wake
from tickets.conditions import ConditionError, check
from tickets.models import Queue

# For so long after a change the old secret signs, too.
OVERLAP = timedelta(hours=24)
MAX_HEADERS = 10
MAX_BODY = 20_000
_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")
_VALUE = re.compile(r"[\x20-\x7e]{0,2000}")
_TYPE = re.compile(r"[a-z]{1,40}/[a-z0-9.+-]{1,50}")
# What the message itself needs, or what would change how it is read.
_OURS = {
    "host",
    "content-length",
    "content-type",
    "transfer-encoding",
    "connection",
    "upgrade",
    "expect",
    "te",
    "trailer",
}
_SIGNED = "webhook-"


def save_endpoint(endpoint: Endpoint, *, queues: Iterable[Queue], by: User) -> Endpoint:
    """Save a new or changed endpoint; a new one gets its secret. Raises `ValidationError` by field."""
    endpoint.name = clean_line(endpoint.name, 100)
    endpoint.url = check_address(endpoint.url)
    _check_words(endpoint)
    _check_headers_stay(endpoint)
    with transaction.atomic():
        if not endpoint.sealed_secret:
            endpoint.sealed_secret = seal(new_secret())
        if save_with_rows(endpoint, {"queues": list(queues)}, by=by):
            webhook_turns.forget(endpoint)
    return endpoint


def check_address(text: str) -> str:
    """The address as it is stored. Where it leads is looked at with each call. Raises `ValidationError`."""
    try:
        return checked_address(text)
    except ValueError as error:
        message = _("Write a whole address without a password in it, for example https://example.com/hooks.")
        raise ValidationError({"url": message}) from error


def check_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Raises `ValidationError`, naming the one that cannot be sent."""
    if len(headers) > MAX_HEADERS:
        raise ValidationError(_("At most %(number)s headers.") % {"number": MAX_HEADERS})
    for name, value in headers.items():
        if not _HEADER.fullmatch(name) or not _VALUE.fullmatch(value):
            raise ValidationError(_("“%(name)s” cannot be sent as a header.") % {"name": clean_line(name, 100)})
        if name.lower() in _OURS or name.lower().startswith(_SIGNED):
            raise ValidationError(_("The header “%(name)s” is written by Helpdesk itself.") % {"name": name})
    return dict(headers)


def rotate_secret(endpoint: Endpoint, *, by: User) -> str:
    """A new secret, shown now and never again; for a day both sign, so that the other side can change over."""
    secret = new_secret()
    with transaction.atomic():
        endpoint = Endpoint.objects.select_for_update(of=("self",)).get(pk=endpoint.pk)
        endpoint.sealed_old_secret, endpoint.old_secret_until = endpoint.sealed_secret, timezone.now() + OVERLAP
        endpoint.sealed_secret = seal(secret)
        save_audited(endpoint, by=by)
    return secret


def remove_endpoint(endpoint: Endpoint, *, by: User) -> None:
    """With all its messages and their log."""
    remove_audited(endpoint, by=by)


def make_test(endpoint: Endpoint) -> WebhookDelivery:
    """A message that says only that it is a test, for one try. Not woken: who asks for it sends it and looks."""
    return WebhookDelivery.objects.create(
        endpoint=endpoint, kind=TEST, content_type=type_of(endpoint), body=written(endpoint, example())
    )


def replay(delivery: WebhookDelivery, *, by: User) -> bool:
    """The same message with the same id once more; false while it is on its way."""
    with transaction.atomic():
        row = WebhookDelivery.objects.select_for_update(of=("self",)).get(pk=delivery.pk)
        if row.leased_until and row.leased_until > timezone.now():
            return False
        before = {"state": row.state}
        row.retry()
        row.last_error = ""
        row.save_work()
        note_change(row, before=before, after={"state": row.state, "replayed": True}, by=by)
        EndpointState.objects.filter(endpoint=row.endpoint_id).update(rests_until=None)
        wake(row)
    return True


def replay_failed(endpoint: Endpoint, *, by: User) -> int:
    """Everything that was given up goes on its way again, the oldest first; how many."""
    with transaction.atomic():
        failed = WebhookDelivery.objects.filter(endpoint=endpoint, state=WebhookDelivery.State.FAILED)
        number = failed.exclude(kind=TEST).update(
            state=WebhookDelivery.State.WAITING, due_at=timezone.now(), attempts=0, parked_at=None, finished_at=None
        )
        if number:
            note_change(endpoint, before={}, after={"replayed": number}, by=by)
            EndpointState.objects.filter(endpoint=endpoint).update(rests_until=None)
    return number


def give_up(endpoint: Endpoint, *, reason: str) -> None:
    """Nobody has answered for days, or it is gone: switch it off, with a line in the audit and word to administrators.
    What waits is given up."""
    with transaction.atomic():
        endpoint = Endpoint.objects.select_for_update(of=("self",)).get(pk=endpoint.pk)
        if not endpoint.is_active:
            return
        endpoint.is_active = False
        save_audited(endpoint, by=system_actor("system"))
        now = timezone.now()
        EndpointState.objects.filter(endpoint=endpoint).update(given_up_at=now, last_error=reason[:500])
        waiting = WebhookDelivery.objects.unfinished().filter(endpoint=endpoint)
        waiting.update(due_at=None, parked_at=now, finished_at=now, state=WebhookDelivery.State.FAILED, last_error=OFF)
        tell_endpoint_off(endpoint)


def _check_headers_stay(endpoint: Endpoint) -> None:
    """Own headers are passwords as a rule: who writes another server writes them again. Raises `ValidationError`."""
    old = Endpoint.objects.filter(pk=endpoint.pk).first() if endpoint.pk else None
    if goes_elsewhere(old, endpoint, sealed="sealed_header_secrets", place=("origin",)):
        message = _("Please write the headers again: those that are stored are for the server as it was.")
        raise ValidationError({"headers": message})


def _check_words(endpoint: Endpoint) -> None:
    try:
        if endpoint.condition:
            check(endpoint.condition)
    except ConditionError as error:
        raise ValidationError({"condition": str(error)}) from error
    if len(endpoint.body) > MAX_BODY:
        raise ValidationError({"body": _("The body is too long.")})
    try:
        written(endpoint, example())
    except TemplateError as error:
        raise ValidationError({"body": str(error)}) from error
    endpoint.content_type = endpoint.content_type.strip().lower() or "application/json"
    if not _TYPE.fullmatch(endpoint.content_type):
        raise ValidationError({"content_type": _("Write a media type such as application/json or text/plain.")})


def type_of(endpoint: Endpoint) -> str:
    return endpoint.content_type if endpoint.body else "application/json"
