"""The overview: every section with its counts, what needs a look, the latest changes."""

from collections.abc import Iterable

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from accounts.models import ConfigChange, Organisation, Role, User
from automation.models import Rule
from core.counting import capped, counts
from mail.alarms import troubles
from mail.models import Account, Address, Incident, Incoming, Outgoing
from mail.ways import is_anything_set_up
from sla.models import Calendar, Policy
from tickets.models import Delivery, FieldDefinition, Queue
from web.common.access import administrator_required
from web.setup import sections
from web.setup.alarms import Look, alarms
from web.setup.changes import described
from web.setup.pages import page
from web.setup.rule_rows import failed_lately

LATEST = 5
ALREADY = (Incident.Kind.QUARANTINE, Incident.Kind.ACCOUNT)


@require_safe
@administrator_required
def home(request: HttpRequest) -> HttpResponse:
    words = request.GET.get("q", "").strip()[:100]
    found = counts(
        queues=Queue.objects.active(),
        slas=Policy.objects.active(),
        calendars=Calendar.objects.all(),
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
        rules=Rule.objects.active(),
        failed_runs=failed_lately(),
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
        "queues": ngettext("%(number)s queue", "%(number)s queues", found["queues"]) % capped(found["queues"]),
        "fields": ngettext("%(number)s field", "%(number)s fields", found["fields"]) % capped(found["fields"]),
        "slas": ngettext("%(number)s SLA", "%(number)s SLAs", found["slas"]) % capped(found["slas"]),
        "calendars": ngettext("%(number)s calendar", "%(number)s calendars", found["calendars"])
        % capped(found["calendars"]),
        "rules": _rule_words(found),
        "addresses": _email_words(found),
        "people": _people_words(found),
        "organisations": ngettext("%(number)s organisation", "%(number)s organisations", found["organisations"])
        % capped(found["organisations"]),
        "roles": ngettext("%(number)s role", "%(number)s roles", found["roles"]) % capped(found["roles"]),
    }
    return [(one, words.get(one.key, str(one.about))) for _label, group in sections.GROUPS for one in group]


def _rule_words(found: dict[str, int]) -> str:
    words = ngettext("%(number)s active rule", "%(number)s active rules", found["rules"])
    return words % capped(found["rules"]) if found["rules"] else str(sections.RULES.about)


def _email_words(found: dict[str, int]) -> str:
    addresses = ngettext("%(number)s address", "%(number)s addresses", found["addresses"]) % capped(found["addresses"])
    if not found["accounts"]:
        return addresses
    accounts = ngettext("%(number)s mailbox", "%(number)s mailboxes", found["accounts"]) % capped(found["accounts"])
    return _("%(addresses)s, %(accounts)s") % {"addresses": addresses, "accounts": accounts}


def _people_words(found: dict[str, int]) -> str:
    people = ngettext("%(number)s person", "%(number)s people", found["people"]) % capped(found["people"])
    agents = ngettext("%(number)s agent", "%(number)s agents", found["agents"]) % capped(found["agents"])
    return _("%(people)s, %(agents)s") % {"people": people, "agents": agents}


def _looks(found: dict[str, int]) -> Iterable[Look]:
    """Mail that waits first; what is in quarantine, and mailboxes with an error, stand below from the first minute."""
    yield from alarms([one for one in troubles() if one.kind not in ALREADY])
    if number := found["quarantined"]:
        title = ngettext("%(number)s message is in quarantine", "%(number)s messages are in quarantine", number)
        text = _("They were received but could not become tickets by themselves, or a storm of mail keeps them.")
        url = f"{reverse('setup:incoming_list')}?state={Incoming.State.QUARANTINED}"
        yield Look("inbox", title % capped(number), text, url, _("Show quarantine"))
    if number := found["failed"]:
        title = ngettext("%(number)s message could not be sent", "%(number)s messages could not be sent", number)
        text = _("The mail server refused them. The history of each ticket says so too.")
        url = f"{reverse('setup:outgoing_list')}?state={Outgoing.State.FAILED}"
        yield Look("send", title % capped(number), text, url, _("Show failed mail"))
    if number := found["silent"]:
        title = ngettext("%(number)s mailbox cannot be read", "%(number)s mailboxes cannot be read", number)
        text = _("The last try to fetch mail did not succeed")
        yield Look("mail", title % capped(number), text, reverse("setup:accounts"), _("Show mailboxes"))
    if number := found["failed_runs"]:
        title = ngettext("%(number)s run of a rule went wrong", "%(number)s runs of rules went wrong", number)
        text = _("During the last day, something that a rule says was not possible.")
        yield Look("bolt", title % capped(number), text, reverse("setup:rules"), _("Show rules"))
    if number := found["parked"]:
        title = ngettext("%(number)s event was given up", "%(number)s events were given up", number)
        text = _("Something that should follow a change of a ticket did not happen.")
        yield Look("refresh", title % capped(number), text, reverse("setup:health"), _("Show system health"))
    if not is_anything_set_up():
        title = _("No mail server is set up for outgoing mail")
        text = _("Replies are kept in the outbox, where you can read them. Nobody receives them.")
        yield Look("info", title, text, reverse("setup:outgoing_list"), _("Show outgoing mail"))
