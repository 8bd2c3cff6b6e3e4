"""`drill NAME ...`: the inner half of `python -m helpdesk.drills`, with its servers in the environment."""

import json
import logging
import os
import signal
import sys
import traceback
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from helpdesk.drills.catalogue import FAILING, FULL, SMALL, sized
from helpdesk.drills.dovecot import Unavailable
from helpdesk.drills.stage import Stage, Unfinished


class Command(BaseCommand):
    help = "Kills parts of an installation under load and counts afterwards; run it as python -m helpdesk.drills."
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(FULL)}; all if none is named")
        parser.add_argument("--small", action="store_true", help="as in the tests: seconds instead of minutes")

        parser.add_argument("--mails", type=int, help="of mail_faults, F01 and F13, with --kills")
        parser.add_argument("--kills", type=int, help="the same; of F13 the poisoned ones; with --mails")

    def handle(self, *args, names: list[str], small: bool, mails: int | None, kills: int | None, **options):
        folder = os.environ.get("HELPDESK_DRILL")
        if not folder:
            raise CommandError("Drills destroy: start them with python -m helpdesk.drills, on servers of their own.")
        drills = SMALL if small else FULL
        if mails is not None and kills is not None:
            drills = drills | sized(mails=mails, kills=kills)
        if unknown := [name for name in names if name not in drills]:
            raise CommandError(f"There is no drill {unknown[0]}: choose from {', '.join(drills)}.")
        logging.getLogger().setLevel(logging.ERROR)  # what is killed complains
        logging.getLogger("mail.log").setLevel(logging.ERROR)
        # A stop is to leave nothing running.
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
        failing = not FAILING.isdisjoint(names or drills)
        stage = Stage(Path(folder), settings_module=f"helpdesk.{'drills.' if failing else ''}settings")
        with stage.running():
            passed = [self._run(drills[name], name, stage) for name in names or drills]
        if not all(passed):
            sys.exit(1)

    def _run(self, drill, name: str, stage: Stage) -> bool:
        try:
            report = drill(stage)
        except Unfinished as error:
            report = {"name": name, "ok": False, "error": str(error)}
        except Unavailable as reason:
            report = {"name": name, "ok": False, "unavailable": str(reason)}
        except Exception as error:  # the others are run all the same
            traceback.print_exc()
            report = {"name": name, "ok": False, "error": f"{type(error).__name__}: {error}"}
        self.stdout.write(json.dumps(report))
        self.stdout.flush()
        return report["ok"]
