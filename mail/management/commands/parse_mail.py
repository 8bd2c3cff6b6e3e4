"""`parse_mail < message.eml`: how a message reads here, without keeping anything."""

import json
import sys
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from mail.printing import print_form


class Command(BaseCommand):
    help = "Parses a message from standard input, or each of the files, and prints it as one line of JSON."
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument("files", nargs="*", metavar="FILE", help="messages to read instead of standard input")

    def handle(self, *args, files: list[str], **options):
        encoding = getattr(self.stdout, "encoding", None) or "utf-8"
        escaped = encoding.lower().replace("-", "") != "utf8"  # a narrow terminal must not stop it
        for raw in map(_read, files) if files else [sys.stdin.buffer.read()]:
            self.stdout.write(json.dumps(print_form(raw), ensure_ascii=escaped))


def _read(name: str) -> bytes:
    try:
        return Path(name).read_bytes()
    except OSError as error:
        raise CommandError(f"{name} cannot be read: {error.strerror}.") from None
