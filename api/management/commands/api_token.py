"""`bin/manage api_token EMAIL`: a new token for a person, printed alone so that a script can read it."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import ApiToken
from accounts.people import person_with_address
from accounts.tokens import issue_token
from core.text import clean_line


class Command(BaseCommand):
    help = "Makes an API token for a person and prints it. It cannot be shown again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", help="an email address of the person")
        parser.add_argument("--scope", choices=ApiToken.Scope.values, default=ApiToken.Scope.WRITE)
        parser.add_argument("--name", default="command line", help="what the history calls it")

    def handle(self, *args: Any, email: str, scope: str, name: str, **options: Any) -> None:
        person = person_with_address(email)
        if person is None or not person.is_active:
            raise CommandError(f"There is no active person with the address {email}.")
        _token, secret = issue_token(person, name=clean_line(name, 100) or "command line", scope=scope)
        self.stdout.write(secret)
