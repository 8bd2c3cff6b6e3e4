"""The map of the administration: its sections, and which setting is found where. One table, however long."""

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
        (_("Guided work: agents get the next ticket"), "queues"),
        (_("Queue for unwanted messages"), "queues"),
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
TAGS = Section(
    "tags",
    "tag",
    _("Tags"),
    _("Words on tickets: rename them, make two one, take them out of use"),
    ((_("Rename or merge tags"), "tags"),),
)
STATES = Section(
    "states",
    "check-circle",
    _("Status"),
    _("How far tickets can be, and where waiting ones go"),
    ((_("Statuses of tickets"), "states"), (_("What follows when the waiting time is over"), "states")),
)
PRIORITIES = Section(
    "priorities",
    "flag",
    _("Priorities"),
    _("How important tickets can be, and what follows from impact and urgency"),
    ((_("Matrix of impact and urgency"), "matrix"),),
)
TYPES = Section("types", "columns", _("Types"), _("What sorts of requests there are"))
SLAS = Section(
    "slas",
    "clock",
    _("SLAs"),
    _("How soon customers get an answer and a solution"),
    (
        (_("Targets for responses and solutions"), "slas"),
        (_("Warnings and escalation"), "slas"),
        (_("Statuses in which clocks pause"), "slas"),
        (_("What reopening means to deadlines"), "slas"),
        (_("What an SLA would have meant last month"), "slas"),
        (_("Time a ticket may stay in a queue"), "queues"),
        (_("Unlock tickets without work"), "queues"),
    ),
)
ASSIGNMENT = Section(
    "assignment",
    "user-plus",
    _("Assignment"),
    _("Who is given which tickets: skills of agents, what tickets need, points of work"),
    (
        (_("Skills of agents and their levels"), "assignment"),
        (_("Languages that agents speak"), "assignment"),
        (_("Which skills a ticket needs"), "skill_rules"),
        (_("Points of work by priority"), "weights"),
        (_("Round robin, least load, sticky owner"), "assignment_queues"),
        (_("Most tickets per agent"), "agents"),
        (_("Working hours of an agent"), "agents"),
        (_("Out of office and substitute"), "agents"),
    ),
)
CALENDARS = Section(
    "calendars",
    "calendar",
    _("Calendars"),
    _("When teams work, and which days are off"),
    (
        (_("Business hours of each weekday"), "calendars"),
        (_("Public holidays by country and region"), "calendars"),
        (_("Days off and days with other hours"), "calendars"),
        (_("Try when a target would end"), "calendars"),
    ),
)
TEMPLATES = Section(
    "templates",
    "template",
    _("Reply templates"),
    _("Whole replies that agents start from"),
    ((_("Placeholders in replies"), "templates"),),
)
SNIPPETS = Section("snippets", "bolt", _("Snippets"), _("Pieces of text by a slash and a keyword"))
CHECKLISTS = Section("checklists", "list-ol", _("Checklists"), _("Steps that are put onto a ticket together"))
AUTOMATIC = Section(
    "automatic",
    "send",
    _("Automatic replies"),
    _("What customers are told at once, in their language"),
    (
        (_("Receipt for a new request"), "automatic"),
        (_("Reply to a message on a closed ticket"), "automatic"),
        (_("Which events are answered automatically"), "mail_rules"),
    ),
)
NOTICES = Section(
    "notices",
    "bell",
    _("Notices"),
    _("Who hears of which event, by the bell, by email or by a webhook"),
    (
        (_("Notices of new tickets, replies, reminders and escalations"), "notices"),
        (_("Notices that cannot be switched off"), "notices"),
        (_("Texts of notices in each language"), "notices"),
        (_("Several events in one email"), "notices"),
    ),
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
        (_("How much mail came in each day"), "ledger"),
        (_("Compare a mailbox with the ledger"), "ledger"),
        (_("How long sources of mail are kept"), "ledger"),
        (_("Outgoing mail: who received it"), "outgoing_list"),
        (_("Send a failed message again"), "outgoing_list"),
        (_("Mail servers for sending (SMTP)"), "servers"),
        (_("Test the connection to a mail server"), "servers"),
        (_("Automatic replies to one address per hour and day"), "mail_rules"),
        (_("Too many messages at once: loops and storms"), "storms"),
        (_("Messages to one domain per minute"), "mail_rules"),
        (_("Addresses that get no mail"), "mail_rules"),
    ),
)
FILTERS = Section(
    "filters",
    "filter",
    _("Mail filters"),
    _("What is decided about mail that comes in, and whom to believe"),
    (
        (_("Filters by sender, subject, text and headers"), "filters"),
        (_("Spam score and junk"), "filters"),
        (_("Allowed and denied senders"), "senders"),
        (_("SPF, DKIM and DMARC results"), "trust_list"),
        (_("X-OTRS headers"), "trust_list"),
        (_("Try what becomes of a message"), "mail_trial"),
    ),
)
RULES = Section(
    "rules",
    "bolt",
    _("Rules"),
    _("What is done by itself when something happens to a ticket"),
    (
        (_("New rule"), "rule_new"),
        (_("New rule from a template"), "rule_choose"),
        (_("Tag, route or close tickets automatically"), "rules"),
        (_("Try a rule on the past"), "rules"),
        (_("What a rule did, and what failed"), "rules"),
    ),
)
AGENTS = Section(
    "agents",
    "user",
    _("Agents"),
    _("Who works tickets, and how much"),
    (
        (_("New agent"), "person_new"),
        (_("Hand over the tickets of somebody who leaves"), "agents"),
        (_("Sign somebody out everywhere"), "agents"),
    ),
)
PEOPLE = Section(
    "people",
    "users",
    _("People"),
    _("Agents, customers and administrators"),
    (
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
    ((_("Members of a role"), "roles"), (_("Rights of a role in all queues"), "rights")),
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
    ((_("Latest changes"), "audit"), (_("Export of the audit log as CSV"), "audit")),
)
HEALTH = Section(
    "health",
    "monitor",
    _("System health"),
    _("Database, work that waits, disk space"),
    ((_("Version"), "health"), (_("Work that waits"), "health"), (_("Disk space"), "health")),
)
IMPORTS = Section(
    "imports",
    "upload",
    _("Imports"),
    _("Customers, organisations, articles and tickets out of CSV and Excel files"),
    (
        (_("Import customers from a file"), "import_new"),
        (_("Import organisations from a file"), "import_new"),
        (_("Import articles of the knowledge base from a file"), "import_new"),
        (_("Import tickets of another system"), "import_new"),
    ),
)
TOKENS = Section(
    "tokens",
    "key",
    _("API tokens"),
    _("Secrets with which programs act for you"),
    ((_("New token for a program"), "tokens"),),
)

SCHEDULES = Section(
    "schedules",
    "calendar",
    _("Schedules"),
    _("What is done at set times with all tickets that fit a search"),
    (
        (_("New schedule"), "schedule_new"),
        (_("Close, remind or raise tickets every day"), "schedules"),
        (_("Run a schedule now"), "schedules"),
        (_("What a schedule did with each ticket"), "schedules"),
    ),
)
MACROS = Section(
    "macros",
    "command",
    _("Macros"),
    _("What agents do with a ticket by one click or key"),
    ((_("New macro"), "macro_new"), (_("Keys of macros"), "macros"), (_("Who is offered a macro"), "macros")),
)
SURVEYS = Section(
    "surveys",
    "star",
    _("Satisfaction"),
    _("Which queues ask their customers how satisfied they are, and when"),
    ((_("Ask customers how satisfied they are"), "surveys"), (_("Hours after closing until the question"), "surveys")),
)
CONTENTS = Section(
    "contents",
    "translate",
    _("Texts in several languages"),
    _("Pieces of text that other texts take in, in the reader's language"),
    ((_("Translations that are missing or older than the original"), "contents"),),
)

WEBHOOKS = Section(
    "webhooks",
    "link",
    _("Webhooks"),
    _("Other programs that are told what happens to tickets"),
    (
        (_("New webhook"), "webhook_new"),
        (_("Log of messages to other programs, and sending them again"), "webhooks"),
        (_("Signing secret of a webhook"), "webhooks"),
    ),
)
ALERTS = Section(
    "alert_sources",
    "warn",
    _("Alert sources"),
    _("Monitoring that opens tickets by itself"),
    (
        (_("New alert source"), "alert_source_new"),
        (_("Prometheus, Grafana, Icinga, Nagios, Zabbix"), "alert_sources"),
        (_("What came of an alert"), "alert_sources"),
    ),
)

BRANDS = Section(
    "brands",
    "star",
    _("Brands"),
    _("Names, colours and addresses of your portals, and who may sign up"),
    (
        (_("New brand"), "brand_new"),
        (_("Logo and colours of the portal"), "brands"),
        (_("Host name of a portal"), "brands"),
        (_("Who may sign up"), "brands"),
        (_("Allowed and refused domains"), "brands"),
        (_("Sender of mails of a brand"), "brands"),
    ),
)
ANNOUNCEMENTS = Section(
    "announcements",
    "bell",
    _("Announcements"),
    _("What the portal tells its readers for a while: disruptions, planned work, news"),
    (
        (_("New announcement"), "announcements_new"),
        (_("Line above every page of the portal"), "announcements"),
    ),
)

WEB_FORMS = Section(
    "web_forms",
    "code",
    _("Web forms"),
    _("Forms for visitors in websites of yours"),
    (
        (_("New web form"), "web_form_new"),
        (_("Sites that may show a form"), "web_forms"),
        (_("What looked like spam in a web form"), "web_forms"),
    ),
)

SERVICES = Section(
    "services",
    "package",
    _("Request catalogue"),
    _("What customers can request in the portal, and what each form asks"),
    (
        (_("New service"), "service_new"),
        (_("Topics of the portal"), "services"),
        (_("Forms with questions that depend on answers"), "services"),
        (_("Queue, type and priority of a request"), "services"),
        (_("Who may request what"), "services"),
    ),
)
CATEGORIES = Section(
    "categories",
    "book",
    _("Categories"),
    _("The tree of the knowledge base, and where somebody else has to approve"),
    (
        (_("New category"), "category_new"),
        (_("Four eyes for articles"), "categories"),
        (_("Articles of a brand"), "categories"),
    ),
)

PROCESSES = Section(
    "processes",
    "flow",
    _("Processes"),
    _("Guided steps over tickets, drawn as BPMN: forms, approvals, times"),
    (
        (_("New process"), "process_new"),
        (_("Read in a BPMN file"), "process_new"),
        (_("Approvals"), "processes"),
    ),
)

GROUPS: Sequence[tuple[Text, Sequence[Section]]] = (
    (_("Tickets"), (QUEUES, SLAS, CALENDARS, STATES, PRIORITIES, TYPES, TAGS, FIELDS)),
    (_("Automation"), (RULES, PROCESSES, SCHEDULES, MACROS, ASSIGNMENT, NOTICES, SURVEYS)),
    (_("Texts"), (TEMPLATES, SNIPPETS, CONTENTS, CHECKLISTS, AUTOMATIC)),
    (_("Channels"), (EMAIL, FILTERS, WEB_FORMS, ALERTS, WEBHOOKS)),
    (_("Portal"), (BRANDS, SERVICES, CATEGORIES, ANNOUNCEMENTS)),
    (_("People"), (AGENTS, PEOPLE, ORGANISATIONS, ROLES)),
    (_("System"), (AUDIT, HEALTH, IMPORTS, TOKENS)),
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
