"""All that can be measured, by name (see "Commands" in docs/performance.md)."""

from collections.abc import Callable

from helpdesk.bench import (
    assigning,
    automations,
    bulk,
    clocks,
    knowledge,
    live,
    mails,
    moving,
    pages,
    portal,
    programs,
    starting,
)
from helpdesk.bench.dataset import Ground
from helpdesk.bench.measuring import Result

TARGETS: dict[str, Callable[[Ground], list[Result]]] = {
    "desk_queue": pages.desk_queue,
    "desk_saved": pages.desk_saved,
    "desk_bulk": bulk.desk_bulk,
    "desk_ticket": pages.desk_ticket,
    "search": pages.search,
    "dashboard": pages.dashboard,
    "palette": pages.palette,
    "api_create": programs.api_create,
    "api_list": programs.api_list,
    "mail_in": mails.mail_in,
    "live": live.live,
    "business_add": clocks.business_add,
    "sla_sweep": clocks.sla_sweep,
    "retarget": clocks.retarget,
    "assignment": assigning.assignment,
    "rules": automations.rules,
    "process_step": moving.process_step,
    "article_page": knowledge.article_page,
    "kb_search": knowledge.kb_search,
    "kb_suggest": knowledge.kb_suggest,
    "portal_list": portal.portal_list,
    "start": starting.start,
    "memory": starting.memory,
}
# These need no world: they make an installation of their own.
ALONE = ("start", "memory")
