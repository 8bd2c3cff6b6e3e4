"""What the demo's agents do by one key, and what is done for them every morning."""

from accounts.models import User
from automation.macro_setup import save_macro
from automation.models import Macro, Schedule
from automation.schedules import save_schedule
from tickets.models import State

PHOTO = (
    "{{ content.greeting }}\n\n"
    "could you send us a photo of the damage, and the number below the bottom bracket? Then we can order the right "
    "part at once.\n\n"
    "{{ content.closing_line }}"
)
FORGOTTEN = {
    "all": [
        {"field": "closed", "empty": True},
        {"field": "owner", "empty": True},
        {"field": "last_customer", "before": {"now": "-2d"}},
    ]
}


def add_macros(*, by: User) -> None:
    waits = State.objects.get(name="pending reminder").pk
    parts = [
        {"do": "take"},
        {"do": "tag", "tags": ["parts"]},
        {"do": "note", "text": "Parts are ordered for {{ customer.name }}. Ask the supplier when this comes back."},
        {"do": "state", "to": waits, "wait": "3d"},
    ]
    photo = [{"do": "reply", "text": PHOTO}, {"do": "state", "to": waits, "wait": "5d"}]
    for key, name, effects, then in (
        ("1", "Wait for spare parts", parts, Macro.Then.NEXT),
        ("2", "Ask for a photo", photo, Macro.Then.STAY),
    ):
        save_macro(Macro(name=name, key=key, effects=effects, then=then), roles=[], queues=[], by=by)


def add_schedule(*, by: User) -> None:
    schedule = Schedule(name="Mark what nobody looks after", condition=FORGOTTEN, once_per_ticket=True)
    schedule.cron, schedule.zone = "0 7 * * 1-5", "Europe/Berlin"
    schedule.effects = [{"do": "tag", "tags": ["forgotten"]}]
    save_schedule(schedule, by=by)
