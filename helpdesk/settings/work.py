"""Celery: the broker, which worker does what (a table), and what is looked after at which times (a table)."""

from datetime import timedelta
from typing import Any

from helpdesk.settings.stores import REDIS_URL, redis_at

CELERY_BROKER_URL = redis_at(REDIS_URL, 0)
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
# Which worker does what: the queues, and their tasks.
_TASKS = {
    # what comes from outside
    "intake": [
        "automation.tasks.process_alerts",
        "automation.tasks.sweep_alerts",
        "mail.tasks.fetch",
        "mail.tasks.fetch_all",
        "mail.tasks.process_incoming",
        "mail.tasks.sweep_incoming",
    ],
    # what follows from what has happened
    "events": [
        "automation.tasks.run_effect",
        "automation.tasks.sweep_effects",
        "automation.tasks.sweep_waiting",
        "automation.tasks.try_waiting",
        "processes.tasks.pass_on",
        "processes.tasks.sweep_impulses",
        "tickets.tasks.deliver",
        "tickets.tasks.sweep_deliveries",
    ],
    # what leaves the house
    "outgoing": [
        "automation.tasks.send_news",
        "automation.tasks.send_notice",
        "automation.tasks.sweep_notices",
        "mail.tasks.send_letter",
        "mail.tasks.send_outgoing",
        "mail.tasks.sweep_outgoing",
        "tickets.tasks.check_file",
        "tickets.tasks.sweep_files",
    ],
    # what must not come late
    "clocks": [
        "automation.tasks.ask_survey",
        "automation.tasks.settle_alerts",
        "automation.tasks.start_schedules",
        "automation.tasks.sweep_surveys",
        "imports.tasks.sweep_imports",
        "knowledge.tasks.publish_planned",
        "mail.tasks.watch_mail",
        "processes.tasks.ring",
        "processes.tasks.sweep_timers",
        "reports.tasks.sweep_reports",
        "sla.tasks.sweep_clocks",
        "sla.tasks.sweep_retargets",
        "tickets.tasks.forget_links",
        "tickets.tasks.forget_pictures",
        "tickets.tasks.wake_pending",
    ],
    # what may wait
    "bulk": [
        "automation.tasks.forget_decisions",
        "automation.tasks.forget_notices",
        "automation.tasks.forget_rule_runs",
        "automation.tasks.forget_schedule_runs",
        "automation.tasks.forget_webhooks",
        "automation.tasks.look_after_absences",
        "automation.tasks.remind_owners",
        "automation.tasks.run_schedule",
        "automation.tasks.send_webhook",
        "automation.tasks.sweep_schedules",
        "automation.tasks.sweep_webhooks",
        "imports.tasks.forget_imports",
        "imports.tasks.work",
        "knowledge.tasks.forget_searches",
        "mail.tasks.reconcile_account",
        "mail.tasks.reconcile_accounts",
        "reports.tasks.check_rows",
        "reports.tasks.fold_tallies",
        "reports.tasks.forget_exports",
        "reports.tasks.make_export",
        "reports.tasks.rebuild",
        "reports.tasks.send_report",
        "sla.tasks.renew_calendars",
        "sla.tasks.retarget",
        "tickets.tasks.run_chore",
        "tickets.tasks.run_job",
        "tickets.tasks.run_job_item",
        "tickets.tasks.sweep_jobs",
    ],
}
CELERY_TASK_ROUTES = {task: {"queue": queue} for queue, tasks in _TASKS.items() for task in tasks}
# Tasks that do every row that is due, so that one call stands for many (core/turns.py).
GOING_ON = frozenset(
    {
        "mail.tasks.process_incoming",
        "mail.tasks.send_outgoing",
        "tickets.tasks.check_file",
        "tickets.tasks.deliver",
    }
)


def _every(task: str, *, expires: int | None = None, **span: float) -> dict[str, Any]:
    """`expires`: seconds after which a call that nobody has taken is dropped; else the span, an hour at most."""
    every = timedelta(**span)
    return {"task": task, "schedule": every, "options": {"expires": expires or int(min(every.total_seconds(), 3600))}}


CELERY_BEAT_SCHEDULE = {
    "incoming": _every("mail.tasks.sweep_incoming", seconds=10),
    "outgoing": _every("mail.tasks.sweep_outgoing", seconds=10),
    "events": _every("tickets.tasks.sweep_deliveries", seconds=10),
    "jobs": _every("tickets.tasks.sweep_jobs", seconds=10),
    "files": _every("tickets.tasks.sweep_files", seconds=10),
    "retargets": _every("sla.tasks.sweep_retargets", seconds=10),
    "notices": _every("automation.tasks.sweep_notices", seconds=10),
    "schedule runs": _every("automation.tasks.sweep_schedules", seconds=10),
    "effects": _every("automation.tasks.sweep_effects", seconds=10),
    "waiting": _every("automation.tasks.sweep_waiting", seconds=10),
    "webhooks": _every("automation.tasks.sweep_webhooks", seconds=10),
    "alerts": _every("automation.tasks.sweep_alerts", seconds=10),
    "process impulses": _every("processes.tasks.sweep_impulses", seconds=10),
    "reports": _every("reports.tasks.sweep_reports", seconds=10),
    "imports": _every("imports.tasks.sweep_imports", seconds=10),
    "clocks": _every("sla.tasks.sweep_clocks", seconds=15),
    "schedules": _every("automation.tasks.start_schedules", seconds=15),
    "process timers": _every("processes.tasks.sweep_timers", seconds=15),
    "planned articles": _every("knowledge.tasks.publish_planned", seconds=30),
    "pending": _every("tickets.tasks.wake_pending", seconds=60),
    "surveys": _every("automation.tasks.sweep_surveys", seconds=60),
    "mail": _every("mail.tasks.watch_mail", seconds=60),
    "fetch": _every("mail.tasks.fetch_all", seconds=60),
    "flapping": _every("automation.tasks.settle_alerts", seconds=60),
    "absences": _every("automation.tasks.look_after_absences", minutes=5),
    "old notices": _every("automation.tasks.forget_notices", hours=1, expires=60),
    "rule_runs": _every("automation.tasks.forget_rule_runs", hours=1, expires=60),
    "articles to look at": _every("automation.tasks.remind_owners", hours=1),
    "sums of reports": _every("reports.tasks.fold_tallies", hours=1),
    "calendars": _every("sla.tasks.renew_calendars", hours=6),
    "accounts": _every("mail.tasks.reconcile_accounts", hours=6),
    "webhook log": _every("automation.tasks.forget_webhooks", hours=6),
    "old schedule runs": _every("automation.tasks.forget_schedule_runs", days=1),
    "links": _every("tickets.tasks.forget_links", days=1, expires=60),
    "pictures": _every("tickets.tasks.forget_pictures", days=1, expires=60),
    "decisions": _every("automation.tasks.forget_decisions", days=1),
    "old searches": _every("knowledge.tasks.forget_searches", days=1),
    "check of reports": _every("reports.tasks.check_rows", days=1),
    "old exports": _every("reports.tasks.forget_exports", days=1),
    "old imports": _every("imports.tasks.forget_imports", days=1),
}
