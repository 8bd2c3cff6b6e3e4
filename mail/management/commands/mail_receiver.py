"""`mail_receiver`: takes mail by SMTP and LMTP, and waits for mailboxes that tell of new mail, until asked to stop."""

import asyncio
import signal

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from core import pulse
from mail.fetching.idling import Waiting
from mail.receive import serve


class Command(BaseCommand):
    help = "Receives mail by SMTP on HELPDESK_MAIL_PORT and by LMTP on the next port, until SIGTERM or Ctrl-C."
    requires_system_checks = ()

    def handle(self, *args, **options):
        try:
            asyncio.run(self._serve())
        except OSError as error:
            raise CommandError(f"Mail cannot be received on {settings.MAIL_HOST}: {error}") from error

    async def _serve(self) -> None:
        loop = asyncio.get_running_loop()
        stop: asyncio.Queue[None] = asyncio.Queue()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop.put_nowait, None)
        signs = asyncio.create_task(_signs_of_life())
        waiting = Waiting()
        waiting.start()
        await serve(host=settings.MAIL_HOST, port=settings.MAIL_PORT, stop=stop.get(), ready=self._announce)
        waiting.stop()
        signs.cancel()

    def _announce(self) -> None:
        ports = f"{settings.MAIL_PORT} (SMTP) and {settings.MAIL_PORT + 1} (LMTP)"
        self.stdout.write(f"Receiving mail on {settings.MAIL_HOST}, ports {ports}.")
        self.stdout.flush()


async def _signs_of_life() -> None:
    while True:
        await asyncio.to_thread(pulse.beat, pulse.MAIL_RECEIVER)
        await asyncio.sleep(pulse.PAUSE)
