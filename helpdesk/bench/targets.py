"""All that can be measured, by name (see "Commands" in docs/performance.md)."""

from collections.abc import Callable

from helpdesk.bench import live, mails, pages, programs, starting
from helpdesk.bench.dataset import Ground
from helpdesk.bench.measuring import Result

TARGETS: dict[str, Callable[[Ground], list[Result]]] = {
    "desk_queue": pages.desk_queue,
    "desk_ticket": pages.desk_ticket,
    "search": pages.search,
    "api_create": programs.api_create,
    "api_list": programs.api_list,
    "mail_in": mails.mail_in,
    "live": live.live,
    "start": starting.start,
    "memory": starting.memory,
}
# These need no world: they make an installation of their own.
ALONE = ("start", "memory")
