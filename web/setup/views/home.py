"""The overview: every section with its counts, what needs a look, the latest changes."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from accounts.models import ConfigChange, Organisation, Role, User
from mail.models import Account, Address, Incoming, Outgoing
from tickets.models import Delivery, FieldDefinition, Queue
from web.common.access import administrator_required
from web.setup import sections
from web.setup.changes import described
from web.setup.counting import LIMIT, counts
from web.setup.pages import page

LATEST = 5


@dataclass(frozen=True)
class Look:
    """Something that should not stay as it is."""

    icon: str
    title: str
    text: str
    url: str
    action: str


@require_safe
@administrator_required
def home(request: HttpRequest) -> HttpResponse:
    words = request.GET.get("q", "").strip()[:100]
    found = counts(
        queues=Queue.objects.active(),
        fields=FieldDefinition.objects.filter(is_active=True),
        addresses=Address.objects.filter(is_active=True),
        accounts=Account.objects.filter(is_active=True),
        people=User.objects.active(),
        agents=User.objects.agents(),
        organisations=Organisation.objects.all(),
        roles=Role.objects.all(),
        quarantined=Incoming.objects.filter(state=Incoming.State.QUARANTINED),
        failed=Outgoing.objects.filter(state=Outgoing.State.FAILED),
        parked=Delivery.objects.parked(),
        silent=Account.objects.filter(is_active=True).exclude(last_error=""),
    )
    latest = ConfigChange.objects.select_related("actor").order_by("-id")[:LATEST]
    return page(
        request,
        "home",
        section=None,
        words=words,
        found=sections.find(words) if words else None,
        looks=list(_looks(found)),
        cards=_cards(found),
        latest=[described(change) for change in latest],
    )


def _cards(found: dict[str, int]) -> list[tuple[sections.Section, str]]:
    """Each section with one sentence of numbers, or what it is for."""
    words = {
        "queues": ngettext("%(number)s queue", "%(number)s queues", found["queues"]) % _capped(found["queues"]),
        "fields": ngettext("%(number)s field", "%(number)s fields", found["fields"]) % _capped(found["fields"]),
        "addresses": _email_words(found),
        "people": _people_words(found),
        "organisations": ngettext("%(number)s organisation", "%(number)s organisations", found["organisations"])
        % _capped(found["organisations"]),
        "roles": ngettext("%(number)s role", "%(number)s roles", found["roles"]) % _capped(found["roles"]),
    }
    return [(one, words.get(one.key, str(one.about))) for _label, group in sections.GROUPS for one in group]


def _email_words(found: dict[str, int]) -> str:
    addresses = ngettext("%(number)s address", "%(number)s addresses", found["addresses"]) % _capped(found["addresses"])
    if not found["accounts"]:
        return addresses
    accounts = ngettext("%(number)s mailbox", "%(number)s mailboxes", found["accounts"]) % _capped(found["accounts"])
    return _("%(addresses)s, %(accounts)s") % {"addresses": addresses, "accounts": accounts}


def _people_words(found: dict[str, int]) -> str:
    people = ngettext("%(number)s person", "%(number)s people", found["people"]) % _capped(found["people"])
    agents = ngettext("%(number)s agent", "%(number)s agents", found["agents"]) % _capped(found["agents"])
    return _("%(people)s, %(agents)s") % {"people": people, "agents": agents}


def _looks(found: dict[str, int]) -> Iterable[Look]:
    if number := found["quarantined"]:
        title = ngettext("%(number)s message is in quarantine", "%(number)s messages are in quarantine", number)
        text = _("They were received but could not become tickets by themselves.")
        url = f"{reverse('setup:incoming_list')}?state={Incoming.State.QUARANTINED}"
        yield Look("inbox", title % _capped(number), text, url, _("Show quarantine"))
    if number := found["failed"]:
        title = ngettext("%(number)s message could not be sent", "%(number)s messages could not be sent", number)
        text = _("The mail server refused them. The history of each ticket says so too.")
        url = f"{reverse('setup:outgoing_list')}?state={Outgoing.State.FAILED}"
        yield Look("send", title % _capped(number), text, url, _("Show failed mail"))
    if number := found["silent"]:
        title = ngettext("%(number)s mailbox cannot be read", "%(number)s mailboxes cannot be read", number)
        text = _("The last try to fetch mail did not succeed")
        yield Look("mail", title % _capped(number), text, reverse("setup:accounts"), _("Show mailboxes"))
    if number := found["parked"]:
        title = ngettext("%(number)s event was given up", "%(number)s events were given up", number)
        text = _("Something that should follow a change of a ticket did not happen.")
        yield Look("refresh", title % _capped(number), text, reverse("setup:health"), _("Show system health"))
    if not settings.SMTP_URL:
        title = _("No mail server is set up for outgoing mail")
        text = _("Replies are kept in the outbox, where you can read them. Nobody receives them.")
        yield Look("info", title, text, reverse("setup:outgoing_list"), _("Show outgoing mail"))


def _capped(number: int) -> dict[str, str]:
    return {"number": f"{LIMIT - 1}+" if number >= LIMIT else str(number)}
