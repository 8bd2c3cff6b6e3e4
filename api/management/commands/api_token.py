"""`bin/manage api_token EMAIL`: a new token for a person, printed alone so that a script can read it."""

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import ApiToken
from accounts.people import person_with_address
from accounts.tokens import LIFETIME, Limits, issue_token
from core.text import clean_line
from tickets.models import Queue


class Command(BaseCommand):
    help = "Makes an API token for a person and prints it. It cannot be shown again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", help="an email address of the person")
        parser.add_argument("--scope", choices=ApiToken.Scope.values, default=ApiToken.Scope.WRITE)
        parser.add_argument("--name", default="command line", help="what the history calls it")

        parser.add_argument("--area", action="append", choices=ApiToken.Area.values, help="opens only this part")
        parser.add_argument("--queue", action="append", help="the path of a queue: sees it and those below it alone")
        parser.add_argument(
            "--days", type=int, choices=range(1, LIFETIME.days + 1), metavar="DAYS", default=LIFETIME.days
        )

    def handle(self, *args: Any, email: str, scope: str, name: str, days: int, **options: Any) -> None:
        person = person_with_address(email)
        if person is None or not person.is_active:
            raise CommandError(f"There is no active person with the address {email}.")
        limits = Limits(areas=options["area"] or (), queues=[_queue(path).pk for path in options["queue"] or ()])
        _token, secret = issue_token(
            person,
            name=clean_line(name, 100) or "command line",
            scope=scope,
            limits=limits,
            lifetime=timedelta(days=days),
        )
        self.stdout.write(secret)


def _queue(path: str) -> Queue:
    queue = Queue.objects.filter(path=path).first()
    if queue is None:
        raise CommandError(f"There is no queue {path}.")
    return queue
