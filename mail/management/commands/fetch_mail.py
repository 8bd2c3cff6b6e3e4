"""`fetch_mail`: fetches once from the accounts and says what came."""

import json
import sys

from django.core.management.base import BaseCommand, CommandError

from mail.fetching.visiting import fetch_account
from mail.models import Account


class Command(BaseCommand):
    help = "Fetches new mail once from all active accounts, or from one, and prints a summary as JSON."
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument("--mailbox", default="", help="the name of one account")

    def handle(self, *args, mailbox: str, **options):
        accounts = Account.objects.filter(is_active=True).order_by("pk")
        if mailbox:
            accounts = Account.objects.filter(name=mailbox)
            if not accounts.exists():
                raise CommandError(f"There is no account {mailbox!r}.")
        summaries = [fetch_account(account) for account in accounts]
        self.stdout.write(json.dumps({"accounts": [summary.as_dict() for summary in summaries]}))
        if any(summary.error for summary in summaries):
            sys.exit(1)
