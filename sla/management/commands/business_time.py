"""`business_time < cases.json`: business time as a command, for checks and scripts. Needs no database."""

import json
import sys
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from sla.hours import AtClose, Hours, HoursError, read


class Command(BaseCommand):
    help = (
        "Reads a JSON list of cases from standard input, each with calendar, start, and add_seconds or until; "
        "prints a JSON list of what comes out: end (null when the calendar never opens again) or seconds."
    )
    requires_system_checks = ()

    def handle(self, *args, **options):
        try:
            cases = json.load(sys.stdin)
            answers = [_answer(case) for case in cases]
        except (HoursError, KeyError, TypeError, ValueError, OverflowError) as error:
            raise CommandError(f"{type(error).__name__}: {error}") from error
        self.stdout.write(json.dumps(answers))


def _answer(case: Mapping[str, Any]) -> dict[str, Any]:
    hours = read(case["calendar"])
    start = _moment(case["start"])
    if "until" in case:
        return {"seconds": hours.between(start, _moment(case["until"]))}
    end = hours.add(start, case["add_seconds"], at_close=_convention(case))
    return {"end": None if end is None else _written(end, hours)}


def _convention(case: Mapping[str, Any]) -> AtClose:
    return AtClose(case.get("at_close") or case["calendar"].get("at_close") or AtClose.CLOSING)


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"“{text}” has no offset.")
    return moment


def _written(moment: datetime, hours: Hours) -> str:
    return moment.astimezone(hours.time_zone).isoformat()
