"""Makes the Celery application known to every process that starts Django, to all of its threads."""

from django.apps import AppConfig

from helpdesk.celery import app


class HelpdeskConfig(AppConfig):
    name = "helpdesk"
    celery = app
