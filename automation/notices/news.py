"""What administrators are told of Helpdesk itself: a line in the bell and a mail each, in their own language."""

from collections.abc import Collection

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.models import User
from automation.models import Endpoint, HouseNews
from core.later import after_commit
from core.links import absolute, endpoint_in_setup
from mail.letters import tell
from tickets.events import handlers


def tell_endpoint_off(endpoint: Endpoint) -> None:
    """A webhook was switched off by itself; in the transaction that does so."""
    path = endpoint_in_setup(endpoint.pk)
    people = list(User.objects.filter(is_administrator=True, is_active=True))
    for person in people:
        row = HouseNews.objects.create(
            user=person, kind=HouseNews.Kind.ENDPOINT_OFF, about=endpoint.name[:200], path=path
        )
        _write_of(row)
    after_commit(lambda: _ring([person.pk for person in people]))


def heading_of(row: HouseNews) -> str:
    return str(row.get_kind_display())


def _ring(people: Collection[int]) -> None:
    """Open pages look at the bell again. What they miss they see with the next one."""
    for handler in handlers("NEWS_AFTER"):
        handler(people)


def _write_of(row: HouseNews) -> None:
    person = row.user
    with override(person.language or settings.LANGUAGE_CODE):
        body = _(
            "Hello %(person)s,\n\n"
            "the webhook “%(name)s” was switched off, because it has not taken a message for days or says that it is "
            "gone. What waits for it is kept in its log and can be sent again.\n\n"
            "Put right what was wrong, then make it active again:\n%(link)s\n"
        )
        words = {"person": person.name, "name": row.about, "link": absolute(row.path)}
        tell(person, subject=f"{heading_of(row)}: {row.about}", body=body % words)
