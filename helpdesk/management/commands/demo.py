"""`demo`: the demo world on an empty installation."""

from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from helpdesk.demo import world


class Command(BaseCommand):
    help = "Builds the demo world: agents, customers, queues and tickets in four languages."

    def add_arguments(self, parser):
        parser.add_argument("--if-empty", action="store_true", help="do nothing where people exist already")

    def handle(self, *args, if_empty: bool, **options):
        if User.objects.filter(system_key__isnull=True).exists():
            if if_empty:
                return
            raise CommandError("There are people already; the demo world is for an empty installation.")
        count = world.build()
        self.stderr.write(f"The demo world is ready: {count} tickets. Everybody's password is “{world.PASSWORD}”.")
