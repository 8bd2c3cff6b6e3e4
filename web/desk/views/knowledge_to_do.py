"""What there is to write or to mend in the knowledge base."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from knowledge.mending import comments, failed_searches, in_review, never_helpful, outdated, to_look_at
from web.common.access import agent_required
from web.desk.knowledge.fetch import writers_only
from web.desk.knowledge.languages import NAMES
from web.desk.knowledge.rows import rows_of, shown
from web.desk.knowledge.tree import panel_of

MOST = 20


@require_safe
@agent_required
def to_do(request: HttpRequest) -> HttpResponse:
    """Each list is as long as somebody can look at in one go; the worst comes first."""
    writers_only(request)
    user = request.user
    lists = {
        "unhelpful": never_helpful(user),
        "overdue": to_look_at(user),
    }
    found = {name: rows_of(shown(articles, user)[:MOST], user) for name, articles in lists.items()}
    context = {
        **found,
        "searches": [(one, NAMES.get(one.language, one.language)) for one in failed_searches(limit=MOST)],
        "reviews": in_review(user)[:MOST],
        "outdated": [(one, NAMES[one.language], NAMES[one.article.language]) for one in outdated(user)[:MOST]],
        "comments": comments(user)[:MOST],
        "panel": panel_of(user),
        "section": "articles",
    }
    return render(request, "desk/knowledge/to_do.html", context)
