"""The map of the administration: its sections, and which setting is found where."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.text import fold

Text = str | Promise


@dataclass(frozen=True)
class Section:
    """One entry of the navigation. `settings` are what can be set there, in the words people look for."""

    key: str
    icon: str
    label: Text
    about: Text
    settings: Sequence[tuple[Text, str]] = field(default_factory=tuple)

    @property
    def url(self) -> str:
        return reverse(f"setup:{self.key}")


@dataclass(frozen=True)
class Found:
    """A setting and where it is."""

    label: str
    section: Section
    url: str


QUEUES = Section(
    "queues",
    "layers",
    _("Queues"),
    _("Where tickets are kept, how replies look, what happens after closing"),
    (
        (_("Name and place in the tree"), "queues"),
        (_("Addresses of a queue"), "queues"),
        (_("Signature"), "queues"),
        (_("Language of replies"), "queues"),
        (_("Reply to a solved ticket: reopen, refuse, new ticket"), "queues"),
        (_("Who may do what in a queue"), "queues"),
    ),
)
FIELDS = Section(
    "fields",
    "table",
    _("Fields"),
    _("What tickets hold besides their text"),
    ((_("Custom fields and their choices"), "fields"), (_("Fields in the portal"), "fields")),
)
EMAIL = Section(
    "addresses",
    "mail",
    _("Email"),
    _("Addresses, mailboxes, what came in and what went out"),
    (
        (_("Sender names and addresses"), "addresses"),
        (_("Mailboxes (IMAP)"), "accounts"),
        (_("Test the connection to a mailbox"), "accounts"),
        (_("Incoming mail: what became of a message"), "incoming_list"),
        (_("Quarantine"), "incoming_list"),
        (_("Outgoing mail: who received it"), "outgoing_list"),
        (_("Send a failed message again"), "outgoing_list"),
    ),
)
PEOPLE = Section(
    "people",
    "users",
    _("People"),
    _("Agents, customers and administrators"),
    (
        (_("New agent"), "person_new"),
        (_("New customer"), "person_new"),
        (_("Invitation link"), "people"),
        (_("Language and time zone of a person"), "people"),
        (_("Deactivate a person"), "people"),
    ),
)
ROLES = Section(
    "roles",
    "shield",
    _("Roles and rights"),
    _("Who may see and do what"),
    ((_("Members of a role"), "roles"), (_("Rights of a role in all queues"), "roles")),
)
ORGANISATIONS = Section(
    "organisations",
    "building",
    _("Organisations"),
    _("Companies and who belongs to them"),
    ((_("Who sees all requests of an organisation"), "organisations"),),
)
AUDIT = Section(
    "audit",
    "history",
    _("Audit log"),
    _("Who changed which setting, before and after"),
    ((_("Latest changes"), "audit"),),
)
HEALTH = Section(
    "health",
    "monitor",
    _("System health"),
    _("Database, work that waits, disk space"),
    ((_("Version"), "health"), (_("Work that waits"), "health"), (_("Disk space"), "health")),
)
TOKENS = Section(
    "tokens",
    "key",
    _("API tokens"),
    _("Secrets with which programs act for you"),
    ((_("New token for a program"), "tokens"),),
)

GROUPS: Sequence[tuple[Text, Sequence[Section]]] = (
    (_("Tickets"), (QUEUES, FIELDS)),
    (_("Channels"), (EMAIL,)),
    (_("People"), (PEOPLE, ORGANISATIONS, ROLES)),
    (_("System"), (AUDIT, HEALTH, TOKENS)),
)


def navigation() -> list[dict]:
    """For the side panel (templates/base/setup.html)."""
    home = {"key": "home", "icon": "home", "label": pgettext_lazy("section", "Overview"), "url": reverse("setup:home")}
    groups = [{"label": label, "items": sections} for label, sections in GROUPS]
    return [{"items": [home]}, *groups]


def find(words: str) -> list[Found]:
    """Settings that hold all the words, accents and case aside."""
    wanted = fold(words).split()
    found = []
    for _label, sections in GROUPS:
        for section in sections:
            for label, name in ((section.label, section.key), *section.settings):
                text = fold(f"{section.label} {section.about if label is section.label else label}")
                if wanted and all(word in text for word in wanted):
                    found.append(Found(str(label), section, reverse(f"setup:{name}")))
    return found
