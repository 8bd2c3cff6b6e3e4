"""What reacts to what, and what higher apps bring to lower ones that must not know them: read top to bottom."""

# Handlers of an event inside its transaction, in this order; they write rows and nothing else, or refuse the whole.
WITHIN = [
    "mail.handlers.send_article",
    "mail.handlers.acknowledge",
    "sla.handlers.keep_clocks",
    "mail.handlers.take_back",
    "mail.copying.tell_participant",
    "tickets.tags.register_tags",
    "reports.handlers.follow",
    "processes.handlers.react",
]
# Instead of these while something is only tried (tickets/events.py: `rehearsal`); they refuse and write nothing.
REHEARSED = [
    "mail.handlers.refuse_unsendable",
]
# Instead of all others for what is told of another house (tickets/events.py: `retold`): rows that must agree.
RETOLD = [
    "tickets.tags.register_tags",
    "sla.handlers.keep_known_clocks",
    "reports.handlers.follow",
]
# Handlers after the commit, each idempotent and retried alone.
AFTER = [
    "web.common.live.announce",
    "automation.rule_handlers.run_rules",
    "automation.assignment_handlers.assign",
    "automation.notice_handlers.notify",
    "web.common.live.ring",
    "automation.webhook_handlers.enqueue",
    "automation.survey_handlers.plan",
    "reports.handlers.retell",
]
# Those at the end of these that many events cost hardly more than one: what does it for many at a time.
TOGETHER = {
    "reports.handlers.retell": "reports.handlers.retell_all",
}
# When administrators have been told of Helpdesk itself (automation/notices/news.py): functions of the people's numbers.
NEWS_AFTER = [
    "web.common.live.ring_for",
]
# When the virus scanner has said what it thinks of a file (tickets/scanning.py), in that transaction: functions of its
# digest.
FILE_CHECKED = [
    "mail.handlers.send_what_waited",
    "web.common.live.announce_checked",
]
# The same for what happens to articles of the knowledge base (knowledge/changes.py).
ARTICLE_WITHIN = [
    "automation.article_letters.write",
]
# What events of higher apps tell people (automation/notices): each names a mapping of kind -> function of the event.
HAPPENINGS = ["processes.notices.PROCESS_HAPPENINGS"]
# What follows, in the same transaction, when a duplicate is merged into somebody else (`duplicate, into, by`), and when
# somebody is gone (`person, by`).
PEOPLE_MERGED = ["processes.successors.merged"]
PEOPLE_GONE = ["processes.successors.gone"]
# What else decides which ticket guided mode gives: functions of the agent that give a test of a ticket, or None where
# every ticket suits.
GUIDES = [
    "automation.guiding.suiting",
]
# Sources of fields that the condition language knows: each names a mapping of field name -> Field.
CONDITION_FIELDS = [
    "tickets.fields.TICKET_FIELDS",
    "sla.fields.SLA_FIELDS",
]
# Sources of effects, what a rule, schedule, macro or alert may do: each names a mapping of name -> Effect.
EFFECTS = [
    "automation.ticket_effects.TICKET_EFFECTS",
    "automation.assignment_effects.ASSIGNMENT_EFFECTS",
    "automation.notices.effects.NOTICE_EFFECTS",
    "automation.survey_effects.SURVEY_EFFECTS",
    "automation.webhook_effects.WEBHOOK_EFFECTS",
    "processes.effects.PROCESS_EFFECTS",
]
# Sources of steps, what can be done with many tickets at once beside those of the tickets themselves.
STEPS = ["automation.macros.MACRO_STEPS"]
# Sources of placeholders for all texts with some: each names a Source (tickets/placeholders.py).
PLACEHOLDERS = [
    "automation.contents.CONTENTS",
]
# Who knows the secrets that a message of ours shows only to its recipient: functions of an article that give what
# stands there for everybody else, and the secret.
CONCEALED = [
    "tickets.secret_links.revealed",
    "automation.survey_links.revealed",
]
# Secret links that letters of the house may carry (mail/letters.py): functions of a number that give the link, and the
# mark after the "+" of the address to which an answer comes back.
LETTER_LINKS = {
    "approval": {"link": "processes.links.link_of_number", "reply": "processes.links.reply_mark"},
}
# Who may take a message before it becomes a ticket, because it answers something of ours: functions of a reply
# (mail/answered.py) that give what became of it, or None when it is not theirs.
MAIL_ANSWERS = [
    "processes.replying.take",
]
# Who hears that a mail of ours beside tickets, such as a notice, has not arrived (mail/bounces.py): functions of the
# UUID in its Message-ID and what the other server said.
MAIL_REPORTS = [
    "automation.notices.returned.note_failure",
]
# Headers of trusted mail that other apps know (mail/wishes.py), by their names without the beginning: functions of a
# ticket and a value that do it, and say whether it is known here.
MAIL_WISHES = {
    "sla": "sla.wishes.choose_by_name",
    "slaid": "sla.wishes.choose_by_number",
}
# Rows of other apps that name a file by its digest (core/blobs.py), so that it stays: model and field.
FILES_NAMED = [
    ("knowledge.ArticleFile", "digest"),
    ("accounts.Brand", "logo"),
    ("reports.Export", "digest"),
    ("imports.Import", "digest"),
    ("imports.Import", "lines"),
    ("imports.Import", "refused_file"),
]
# Sources of sentences for the timeline: each names a mapping of event kind -> Sentence.
SENTENCES = [
    "tickets.sentences.TICKET_SENTENCES",
    "mail.sentences.MAIL_SENTENCES",
    "sla.sentences.SLA_SENTENCES",
    "automation.rule_sentences.RULE_SENTENCES",
    "automation.assignment_sentences.ASSIGNMENT_SENTENCES",
    "automation.notices.effects.NOTICE_SENTENCES",
    "automation.survey_sentences.SURVEY_SENTENCES",
    "processes.sentences.PROCESS_SENTENCES",
]
# Parts that higher apps add to the queue page of the administration: each names a Panel.
QUEUE_PANELS = [
    "web.setup.panels.ASSIGNMENT",
    "web.setup.panels.ADDRESSES",
    "web.setup.panels.ANSWERS",
    "web.setup.panels.INTAKE",
    "web.setup.panels.SERVICE",
    "web.setup.panels.SURVEY",
]
# Parts that higher apps add to the details beside a ticket: each names a TicketPanel.
TICKET_PANELS = [
    "web.desk.levels.SERVICE_LEVEL",
    "web.desk.processes.PANEL",
    "web.desk.assignments.WHY",
    "web.desk.automation.PANEL",
    "web.desk.in_copy.IN_COPY",
    "web.desk.satisfaction.SATISFACTION",
    "web.desk.knowledge.panels.ARTICLES",
    "web.desk.imported.FORMER_NUMBER",
]
# What other doors add to the command palette: each names a function of a person and words that gives a group, or None.
PALETTE_GROUPS = [
    "web.desk.knowledge.palette.articles_with",
    "web.desk.reports.palette.reports_with",
    "web.setup.palette.settings_named",
]
