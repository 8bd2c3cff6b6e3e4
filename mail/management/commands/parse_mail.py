"""`parse_mail < message.eml`: how a message reads here, without keeping anything."""

import json
import sys

from django.core.management.base import BaseCommand

from mail.parse import parse, to_json


class Command(BaseCommand):
    help = "Parses one message from standard input and prints it as JSON."
    requires_system_checks = ()

    def handle(self, *args, **options):
        self.stdout.write(json.dumps(to_json(parse(sys.stdin.buffer.read())), ensure_ascii=False))
