"""What articles of the knowledge base do. Read from their own rows (knowledge/models/usage.py)."""

from functools import partial

from django.utils.translation import gettext_lazy as _

from reports.measures.formulas import Formula, Part, Source
from reports.measures.registry import Group, Unit, measure

_knowledge = partial(measure, group=Group.KNOWLEDGE, unit=Unit.TIMES, better="more")


@_knowledge(
    _("Articles used"),
    _(
        "How often articles were linked, inserted or marked as the solution on tickets. Each counts once for each "
        "ticket."
    ),
)
def article_uses() -> Formula:
    return Formula((Part(),), lambda parts: parts[0] or 0, Source.USES)


@_knowledge(
    _("Requests spared"),
    _("How often somebody who was about to write found the answer in an article and did not write."),
)
def deflections() -> Formula:
    return Formula((Part(),), lambda parts: parts[0] or 0, Source.DEFLECTIONS)


@_knowledge(_("Articles read"), _("Readers of articles, each once for each article and day."))
def article_views() -> Formula:
    return Formula((Part(column="views", adds_up=True),), lambda parts: parts[0] or 0, Source.READINGS)
