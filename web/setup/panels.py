"""Parts of the queue page that belong to higher apps (settings.QUEUE_PANELS). Each is a form with its own save."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from tickets.models import Queue
from web.setup.forms.addresses import AddressRows, save_rows


@dataclass(frozen=True)
class Panel:
    """`form(queue, data)` makes the bound or unbound form: it has `is_valid()` and `forms` (those whose errors are
    summed up). `more(queue, data)` makes it as it was typed, unchecked, with room for one more. The template finds
    the form as `form`. `save(form, queue, by=...)` runs in the transaction of the queue."""

    title: str | Promise
    about: str | Promise
    template: str
    form: Callable[[Queue, QueryDict | None], Any]
    more: Callable[[Queue, QueryDict], Any]
    save: Callable[..., None]


ADDRESSES = Panel(
    title=_("Email"),
    about=_("New mail to these addresses arrives in this queue. Replies leave from the first one."),
    template="setup/queues/addresses_panel.html",
    form=AddressRows.of_queue,
    more=AddressRows.with_one_more,
    save=save_rows,
)


@cache
def queue_panels() -> list[Panel]:
    return [import_string(name) for name in settings.QUEUE_PANELS]
