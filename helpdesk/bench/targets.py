"""All that can be measured, by name (see "Commands" in docs/performance.md)."""

from collections.abc import Callable

from helpdesk.bench import (
    assigning,
    automations,
    bulk,
    clocks,
    importing,
    knowledge,
    live,
    mails,
    moving,
    pages,
    portal,
    programs,
    reporting,
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
    "api_export": programs.api_export,
    "api_get": programs.api_get,
    "api_list": programs.api_list,
    "api_search": programs.api_search,
    "otrs_create": programs.otrs_create,
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
    "reports": reporting.reports,
    "report_volume": reporting.report_volume,
    "report_sla": reporting.report_sla,
    "report_percentiles": reporting.report_percentiles,
    "report_backlog": reporting.report_backlog,
    "export": reporting.export,
    "import_people": importing.import_people,
    "start": starting.start,
    "memory": starting.memory,
}
# These need no world: they make an installation of their own.
ALONE = ("start", "memory")
