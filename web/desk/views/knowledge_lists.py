"""Articles of the knowledge base: the list by category and state."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from core.pagination import page_of
from core.text import clean_line
from knowledge.models import Article, Category
from knowledge.rights import may_write
from web.common.access import agent_required
from web.desk.knowledge.rows import rows_of, shown, with_words
from web.desk.knowledge.tree import ALL, SHELVES, on_shelf, panel_of
from web.desk.people import following

ROWS = 50
NEWEST = ("-number",)


@require_safe
@agent_required
def articles(request: HttpRequest) -> HttpResponse:
    """`?category=` is a category, `?shelf=` one of SHELVES for who writes articles; `?q=` are words of the title."""
    user, asked = request.user, request.GET
    category = _category(asked.get("category", ""))
    shelf = asked.get("shelf", "") if may_write(user) and asked.get("shelf", "") in SHELVES else ALL
    words = clean_line(asked.get("q", ""), 100)
    found = on_shelf(Article.objects.for_agent(user), shelf, user)
    if category:
        found = found.filter(category=category)
    found = with_words(found, words)
    page = page_of(shown(found, user), order=NEWEST, cursor=asked.get("after", ""), size=ROWS)
    title = category.name_in(get_language() or "") if category else SHELVES[shelf][0]
    context: dict[str, Any] = {
        "rows": rows_of(page.rows, user),
        "next": following(request, page.next),
        "words": words,
        "title": title,
        "category": category,
        "shelf": shelf,
        "panel": panel_of(user, shelf=shelf, category=category.pk if category else None),
        "section": "articles",
    }
    part = "more" if "after" in asked else "list"
    is_part = request.htmx and not request.htmx.history_restore_request
    response = render(request, f"desk/knowledge/list.html#{part}" if is_part else "desk/knowledge/list.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _category(text: str) -> Category | None:
    known = text.isascii() and text.isdecimal() and len(text) < 19
    return Category.objects.filter(pk=int(text), is_active=True).first() if known else None
