"""Settings for deployment, read from the environment. Everything people may choose is a row, not a setting."""

import os
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit, urlunsplit

from csp.constants import NONE, SELF

from core.outside import networks

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(os.environ.get("HELPDESK_DATA", BASE_DIR / ".data")).resolve()
BASE_URL = os.environ.get("HELPDESK_BASE_URL", "http://127.0.0.1:8000").rstrip("/")
SITE_NAME = "Helpdesk"
_SECURE = BASE_URL.startswith("https://")

DEBUG = False
SECRET_KEY = os.environ.get("HELPDESK_SECRET_KEY", "")
HOSTS = [urlsplit(BASE_URL).hostname or "127.0.0.1", "127.0.0.1", "localhost", "[::1]"]
# Names under which machines ask (health checks, monitoring); no link ever carries them.
HOSTS += os.environ.get("HELPDESK_HOSTS", "").split()
# Brands have host names, too, which are rows: web.common.brands.BrandOfHost refuses all others.
ALLOWED_HOSTS = ["*"]
CSRF_TRUSTED_ORIGINS = [BASE_URL]

# ---- what reacts to what: read top to bottom --------------------------------------------------

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

# ---- applications -----------------------------------------------------------------------------

INSTALLED_APPS = [
    "helpdesk",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "django.forms",
    "template_partials",
    "django_htmx",
    "csp",
    "guardian",
    "allauth",
    "allauth.account",
    "rest_framework",
    "drf_spectacular",
    "django_filters",
    "core",
    "accounts",
    "tickets",
    "mail",
    "sla",
    "knowledge",
    "automation",
    "reports",
    "processes",
    "imports",
    "web.common",
    "web.desk",
    "web.portal",
    "web.setup",
    "api",
]

MIDDLEWARE = [
    "web.common.middleware.RequestId",
    "helpdesk.operation.requests.Measure",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "web.common.brands.BrandOfHost",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "web.common.middleware.Language",
    "web.common.middleware.Common",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "web.common.middleware.PersonSettings",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "helpdesk.urls"
WSGI_APPLICATION = "helpdesk.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "template_partials.loader.Loader",
                    [
                        (
                            "core.drawing.Loader",
                            [
                                "django.template.loaders.filesystem.Loader",
                                "django.template.loaders.app_directories.Loader",
                            ],
                        ),
                    ],
                ),
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "web.common.context.site",
                "web.portal.context.portal",
            ],
            "builtins": ["django.templatetags.i18n", "web.common.templatetags.ui"],
        },
    },
]

# Controls of forms are drawn by the same engine.
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# ---- database, cache, broker ------------------------------------------------------------------


def _database(url: str) -> dict[str, object]:
    """`postgresql://user:password@host:port/name?host=/socket/folder&sslmode=require` as Django wants it."""
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or "helpdesk",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", "") or parts.hostname or "",
        "PORT": str(query.pop("port", "") or parts.port or ""),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            **query,
            "connect_timeout": 5,
            # Rows come with many neighbours (queue, state, owner ...), in the order in which we name them: PostgreSQL
            # would try all orders of eight tables, which takes ten times as long as the query itself.
            "options": "-c statement_timeout=15s -c lock_timeout=3s -c idle_in_transaction_session_timeout=30s "
            "-c join_collapse_limit=3",
        },
    }


DATABASES = {"default": _database(os.environ.get("DATABASE_URL", "postgresql:///helpdesk"))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"


def _redis(url: str, number: int) -> str:
    """The same Redis with another database number: 0 broker, 1 cache, 2 live hints."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path=f"/{number}"))


REDIS_URL = os.environ.get("REDIS_URL", "redis://127.0.0.1:6379")
LIVE_REDIS_URL = _redis(REDIS_URL, 2)

CACHES = {
    "default": {
        "BACKEND": "core.cache.ForgivingRedisCache",
        "LOCATION": _redis(REDIS_URL, 1),
        "OPTIONS": {
            # Django's default pickles; what lies in a cache must never be able to run.
            "serializer": "core.cache.JSONSerializer",
            "socket_timeout": 1,
            "socket_connect_timeout": 1,
        },
    },
}

CELERY_BROKER_URL = _redis(REDIS_URL, 0)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# However long Redis is away, workers wait for it.
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
# What a worker is doing when Redis goes away it finishes: rows know whether it is still theirs.
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False
# The visibility timeout stands just above the hard task limit, in all three places the manual names.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 900,
    "socket_timeout": 5,
    "socket_connect_timeout": 1,
    # Whoever sends a wake-up while Redis is away must not wait for it: the sweep finds the row.
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0,
    "interval_max": 0,
}
CELERY_RESULT_BACKEND_TRANSPORT_OPTIONS = {"visibility_timeout": 900}
CELERY_VISIBILITY_TIMEOUT = 900
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_SERIALIZER = "json"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 400_000
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 5
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_SOFT_TIME_LIMIT = 60
CELERY_TASK_TIME_LIMIT = 90
CELERY_TASK_DEFAULT_QUEUE = "events"
CELERY_TASK_ROUTES = {
    "mail.tasks.process_incoming": {"queue": "intake"},
    "mail.tasks.sweep_incoming": {"queue": "intake"},
    "mail.tasks.watch_mail": {"queue": "clocks"},
    "mail.tasks.reconcile_accounts": {"queue": "bulk"},
    "mail.tasks.reconcile_account": {"queue": "bulk"},
    "mail.tasks.fetch": {"queue": "intake"},
    "mail.tasks.fetch_all": {"queue": "intake"},
    "mail.tasks.send_outgoing": {"queue": "outgoing"},
    "mail.tasks.sweep_outgoing": {"queue": "outgoing"},
    "mail.tasks.send_letter": {"queue": "outgoing"},
    "tickets.tasks.deliver": {"queue": "events"},
    "tickets.tasks.sweep_deliveries": {"queue": "events"},
    "tickets.tasks.wake_pending": {"queue": "clocks"},
    "sla.tasks.sweep_clocks": {"queue": "clocks"},
    "sla.tasks.sweep_retargets": {"queue": "clocks"},
    "sla.tasks.renew_calendars": {"queue": "bulk"},
    "sla.tasks.retarget": {"queue": "bulk"},
    "knowledge.tasks.publish_planned": {"queue": "clocks"},
    "knowledge.tasks.forget_searches": {"queue": "bulk"},
    "automation.tasks.remind_owners": {"queue": "bulk"},
    "automation.tasks.start_schedules": {"queue": "clocks"},
    "automation.tasks.run_schedule": {"queue": "bulk"},
    "automation.tasks.sweep_schedules": {"queue": "bulk"},
    "automation.tasks.forget_schedule_runs": {"queue": "bulk"},
    "automation.tasks.run_effect": {"queue": "events"},
    "automation.tasks.sweep_effects": {"queue": "events"},
    "automation.tasks.forget_rule_runs": {"queue": "bulk"},
    "automation.tasks.ask_survey": {"queue": "clocks"},
    "automation.tasks.sweep_surveys": {"queue": "clocks"},
    "automation.tasks.send_notice": {"queue": "outgoing"},
    "automation.tasks.send_news": {"queue": "outgoing"},
    "automation.tasks.sweep_notices": {"queue": "outgoing"},
    "automation.tasks.forget_notices": {"queue": "bulk"},
    "tickets.tasks.forget_pictures": {"queue": "clocks"},
    "tickets.tasks.forget_links": {"queue": "clocks"},
    "tickets.tasks.run_job": {"queue": "bulk"},
    "tickets.tasks.run_job_item": {"queue": "bulk"},
    "tickets.tasks.sweep_jobs": {"queue": "bulk"},
    "tickets.tasks.run_chore": {"queue": "bulk"},
    "automation.tasks.try_waiting": {"queue": "events"},
    "automation.tasks.sweep_waiting": {"queue": "events"},
    "automation.tasks.look_after_absences": {"queue": "bulk"},
    "automation.tasks.forget_decisions": {"queue": "bulk"},
    "automation.tasks.send_webhook": {"queue": "bulk"},
    "automation.tasks.sweep_webhooks": {"queue": "bulk"},
    "automation.tasks.forget_webhooks": {"queue": "bulk"},
    "automation.tasks.process_alerts": {"queue": "intake"},
    "automation.tasks.sweep_alerts": {"queue": "intake"},
    "automation.tasks.settle_alerts": {"queue": "clocks"},
    "reports.tasks.make_export": {"queue": "bulk"},
    "reports.tasks.send_report": {"queue": "bulk"},
    "reports.tasks.rebuild": {"queue": "bulk"},
    "reports.tasks.sweep_reports": {"queue": "clocks"},
    "reports.tasks.check_rows": {"queue": "bulk"},
    "reports.tasks.fold_tallies": {"queue": "bulk"},
    "reports.tasks.forget_exports": {"queue": "bulk"},
    "imports.tasks.work": {"queue": "bulk"},
    "imports.tasks.sweep_imports": {"queue": "clocks"},
    "imports.tasks.forget_imports": {"queue": "bulk"},
    "processes.tasks.ring": {"queue": "clocks"},
    "processes.tasks.sweep_timers": {"queue": "clocks"},
    "processes.tasks.pass_on": {"queue": "events"},
    "processes.tasks.sweep_impulses": {"queue": "events"},
}
# Tasks that do every row that is due, so that one call stands for many (core/turns.py).
GOING_ON = frozenset({"mail.tasks.process_incoming", "mail.tasks.send_outgoing", "tickets.tasks.deliver"})
CELERY_BEAT_SCHEDULE = {
    "incoming": {"task": "mail.tasks.sweep_incoming", "schedule": timedelta(seconds=10), "options": {"expires": 10}},
    "outgoing": {"task": "mail.tasks.sweep_outgoing", "schedule": timedelta(seconds=10), "options": {"expires": 10}},
    "events": {"task": "tickets.tasks.sweep_deliveries", "schedule": timedelta(seconds=10), "options": {"expires": 10}},
    "jobs": {"task": "tickets.tasks.sweep_jobs", "schedule": timedelta(seconds=10), "options": {"expires": 10}},
    "pending": {"task": "tickets.tasks.wake_pending", "schedule": timedelta(seconds=60), "options": {"expires": 60}},
    "clocks": {"task": "sla.tasks.sweep_clocks", "schedule": timedelta(seconds=15), "options": {"expires": 15}},
    "retargets": {"task": "sla.tasks.sweep_retargets", "schedule": timedelta(seconds=10), "options": {"expires": 10}},
    "calendars": {"task": "sla.tasks.renew_calendars", "schedule": timedelta(hours=6), "options": {"expires": 3600}},
    "notices": {
        "task": "automation.tasks.sweep_notices",
        "schedule": timedelta(seconds=10),
        "options": {"expires": 10},
    },
    "old notices": {
        "task": "automation.tasks.forget_notices",
        "schedule": timedelta(hours=1),
        "options": {"expires": 60},
    },
    "surveys": {
        "task": "automation.tasks.sweep_surveys",
        "schedule": timedelta(seconds=60),
        "options": {"expires": 60},
    },
    "schedules": {
        "task": "automation.tasks.start_schedules",
        "schedule": timedelta(seconds=15),
        "options": {"expires": 15},
    },
    "schedule runs": {
        "task": "automation.tasks.sweep_schedules",
        "schedule": timedelta(seconds=10),
        "options": {"expires": 10},
    },
    "old schedule runs": {
        "task": "automation.tasks.forget_schedule_runs",
        "schedule": timedelta(days=1),
        "options": {"expires": 3600},
    },
    "links": {"task": "tickets.tasks.forget_links", "schedule": timedelta(days=1), "options": {"expires": 60}},
    "pictures": {"task": "tickets.tasks.forget_pictures", "schedule": timedelta(days=1), "options": {"expires": 60}},
    "mail": {"task": "mail.tasks.watch_mail", "schedule": timedelta(seconds=60), "options": {"expires": 60}},
    "accounts": {"task": "mail.tasks.reconcile_accounts", "schedule": timedelta(hours=6), "options": {"expires": 3600}},
    "effects": {
        "task": "automation.tasks.sweep_effects",
        "schedule": timedelta(seconds=10),
        "options": {"expires": 10},
    },
    "rule_runs": {
        "task": "automation.tasks.forget_rule_runs",
        "schedule": timedelta(hours=1),
        "options": {"expires": 60},
    },
    "fetch": {"task": "mail.tasks.fetch_all", "schedule": timedelta(seconds=60), "options": {"expires": 60}},
    "waiting": {
        "task": "automation.tasks.sweep_waiting",
        "schedule": timedelta(seconds=10),
        "options": {"expires": 10},
    },
    "absences": {
        "task": "automation.tasks.look_after_absences",
        "schedule": timedelta(minutes=5),
        "options": {"expires": 300},
    },
    "decisions": {
        "task": "automation.tasks.forget_decisions",
        "schedule": timedelta(days=1),
        "options": {"expires": 3600},
    },
    "webhooks": {
        "task": "automation.tasks.sweep_webhooks",
        "schedule": timedelta(seconds=10),
        "options": {"expires": 10},
    },
    "alerts": {"task": "automation.tasks.sweep_alerts", "schedule": timedelta(seconds=10), "options": {"expires": 10}},
    "flapping": {
        "task": "automation.tasks.settle_alerts",
        "schedule": timedelta(seconds=60),
        "options": {"expires": 60},
    },
    "process timers": {
        "task": "processes.tasks.sweep_timers",
        "schedule": timedelta(seconds=15),
        "options": {"expires": 15},
    },
    "process impulses": {
        "task": "processes.tasks.sweep_impulses",
        "schedule": timedelta(seconds=10),
        "options": {"expires": 10},
    },
    "planned articles": {
        "task": "knowledge.tasks.publish_planned",
        "schedule": timedelta(seconds=30),
        "options": {"expires": 30},
    },
    "articles to look at": {
        "task": "automation.tasks.remind_owners",
        "schedule": timedelta(hours=1),
        "options": {"expires": 3600},
    },
    "old searches": {
        "task": "knowledge.tasks.forget_searches",
        "schedule": timedelta(days=1),
        "options": {"expires": 3600},
    },
    "reports": {"task": "reports.tasks.sweep_reports", "schedule": timedelta(seconds=10), "options": {"expires": 10}},
    "check of reports": {
        "task": "reports.tasks.check_rows",
        "schedule": timedelta(days=1),
        "options": {"expires": 3600},
    },
    "sums of reports": {
        "task": "reports.tasks.fold_tallies",
        "schedule": timedelta(hours=1),
        "options": {"expires": 3600},
    },
    "old exports": {
        "task": "reports.tasks.forget_exports",
        "schedule": timedelta(days=1),
        "options": {"expires": 3600},
    },
    "imports": {"task": "imports.tasks.sweep_imports", "schedule": timedelta(seconds=10), "options": {"expires": 10}},
    "old imports": {
        "task": "imports.tasks.forget_imports",
        "schedule": timedelta(days=1),
        "options": {"expires": 3600},
    },
    "webhook log": {
        "task": "automation.tasks.forget_webhooks",
        "schedule": timedelta(hours=6),
        "options": {"expires": 3600},
    },
}

# ---- people -----------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
ANONYMOUS_USER_NAME = None
# Nobody asks guardian through has_perm: rights are sets of queues (tickets/rights.py), so its backend stays out.
SILENCED_SYSTEM_CHECKS = ["guardian.W001"]
GUARDIAN_MONKEY_PATCH_USER = False
AUTHENTICATION_BACKENDS = ["web.common.backend.PeopleBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 8}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_RESET_TIMEOUT = 3600
INVITATION_DAYS = 7
REGISTRATION_SECONDS = 3600
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "web.common.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "web.common.forms.SignIn",
    "reset_password": "web.common.forms.AskForReset",
    "reset_password_from_key": "web.common.forms.NewPassword",
    "user_token": "web.common.forms.ResetToken",
    "change_password": "web.common.forms.ChangePassword",
}
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "django.contrib.auth.tokens.PasswordResetTokenGenerator"  # noqa: S105
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "/login/"
ACCOUNT_SESSION_REMEMBER = None
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_RATE_LIMITS = {"login_failed": "10/m/ip,5/5m/key"}

SESSION_ENGINE = "web.common.sessions"
SESSION_COOKIE_AGE = 30 * 24 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = False
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _SECURE
SESSION_COOKIE_NAME = "__Host-session" if _SECURE else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if _SECURE else "csrf"
THEME_COOKIE_NAME = "__Host-theme" if _SECURE else "theme"
# Tells readers of articles apart who have not signed in, once they have said something.
READER_COOKIE_NAME = "__Host-reader" if _SECURE else "reader"
# Notes for the next page lie in the session, not in a cookie of their own.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
CSRF_COOKIE_HTTPONLY = False
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "web.common.errors.csrf_failure"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31536000 if _SECURE else 0
X_FRAME_OPTIONS = "DENY"
BEHIND_PROXY = bool(os.environ.get("HELPDESK_BEHIND_PROXY"))
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    # The client's address, for the limits of guesses, is the one the proxy itself has added (T70, T79).
    ALLAUTH_TRUSTED_PROXY_COUNT = 1
# A file or message larger than this is refused; mail has its own limit.
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024
# The table of all rights sends a field for each box that is ticked.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
ATTACHMENT_MAX_BYTES = 50 * 1024 * 1024

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "connect-src": [SELF],
        "font-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-src": [SELF],
        "frame-ancestors": [NONE],
    },
}

# ---- languages --------------------------------------------------------------------------------

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("es", "Español"), ("pt", "Português"), ("de", "Deutsch")]
FORMAT_MODULE_PATH = "helpdesk.formats"
LOCALE_PATHS = [BASE_DIR / "locale"]
LANGUAGE_COOKIE_NAME = "__Host-language" if _SECURE else "language"
USE_I18N = True
USE_TZ = True
# For people who never chose a zone.
TIME_ZONE = os.environ.get("HELPDESK_TIME_ZONE") or "UTC"

# ---- files ------------------------------------------------------------------------------------

STATIC_URL = "static/"
STATIC_ROOT = Path(os.environ.get("HELPDESK_STATIC") or DATA_DIR / "static").resolve()
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "core.blobs.DurableFiles", "OPTIONS": {"location": str(DATA_DIR / "files")}},
    "staticfiles": {"BACKEND": "servestatic.storage.CompressedManifestStaticFilesStorage"},
}

# ---- mail -------------------------------------------------------------------------------------

SMTP_URL = os.environ.get("HELPDESK_SMTP_URL", "")
MAIL_HOST = os.environ.get("HELPDESK_MAIL_HOST", "127.0.0.1")
MAIL_PORT = int(os.environ.get("HELPDESK_MAIL_PORT", "2525"))
MAIL_MAX_BYTES = int(os.environ.get("HELPDESK_MAIL_MAX_BYTES", 50 * 1024 * 1024))
MAIL_SPOOL = DATA_DIR / "spool"
# Networks of one's own in which mailboxes and their sign-in servers may be; others must be public (core/outside.py).
MAIL_NETWORKS = networks(os.environ.get("HELPDESK_MAIL_NETWORKS", ""))
# Networks of one's own in which programs that are told by webhooks may be; others must be public.
WEBHOOK_NETWORKS = networks(os.environ.get("HELPDESK_WEBHOOK_NETWORKS", ""))
# A certificate with its key switches STARTTLS on at the mail receiver.
MAIL_CERTIFICATE = os.environ.get("HELPDESK_MAIL_CERTIFICATE", "")
MAIL_CERTIFICATE_KEY = os.environ.get("HELPDESK_MAIL_CERTIFICATE_KEY", "") or MAIL_CERTIFICATE
# Messages of which a part has been fetched; what is there is not fetched again.
MAIL_PARTS = DATA_DIR / "parts"
# Where letters of the house lie (links for a new password) while no mail server is configured.
MAIL_OUTBOX = DATA_DIR / "outbox"

# ---- API --------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["api.auth.TokenAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["api.auth.TokenScope"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_PAGINATION_CLASS": "api.pages.CursorPages",
    "DEFAULT_SCHEMA_CLASS": "api.schema.Operation",
    "EXCEPTION_HANDLER": "api.problems.problem",
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Helpdesk API",
    "DESCRIPTION": "Tickets for programs: open, find, answer and change them with the rights of a person.",
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_PATCH": False,
    "POSTPROCESSING_HOOKS": ["api.schema.with_problems"],
}

# ---- monitoring -------------------------------------------------------------------------------

# Whoever sends it as bearer may read /metrics; without one only this machine may.
METRICS_TOKEN = os.environ.get("HELPDESK_METRICS_TOKEN", "")

# ---- logs -------------------------------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"lines": {"()": "core.logs.LineFormatter"}},
    "filters": {
        "routes": {"()": "helpdesk.operation.requests.RoutesOnly"},
        "routes_instead": {"()": "helpdesk.operation.requests.RoutesInstead"},
        "brief": {"()": "helpdesk.operation.troubles.Brief"},
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "lines", "filters": ["brief"]}},
    "root": {"handlers": ["stderr"], "level": os.environ.get("HELPDESK_LOG_LEVEL", "INFO")},
    "loggers": {
        "django.security.DisallowedHost": {"level": "ERROR"},
        # The engine of processes tells of every token that moves.
        "spiff": {"level": "WARNING"},
        # Each request has its line already; what comes on top is the trace of an error.
        "django.request": {"level": "ERROR", "filters": ["routes"]},
        "django.security.csrf": {"filters": ["routes_instead"]},
    },
}
