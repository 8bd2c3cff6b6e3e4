"""The Celery application: it carries wake-ups, never the work itself (see core/work.py)."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "helpdesk.settings")

app = Celery("helpdesk")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
# Not only for the thread that imports this: pages run in a pool of threads, and each sends wake-ups.
app.set_default()
