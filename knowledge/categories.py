"""Setting categories up. Every change is audited."""

from collections.abc import Iterable, Mapping

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.audit import remove_audited, save_audited, save_with_rows
from accounts.models import Brand, User
from core.text import clean_line
from knowledge.models import Category

# Deeper trees are no help to anybody.
DEEPEST = 4


def save_category(category: Category, *, brands: Iterable[Brand], by: User) -> Category:
    """Keep a new category, the last one of its place, or a changed one. Raises `ValidationError` by field."""
    category.name = clean_line(category.name, 100)
    category.description = clean_line(category.description, 200)
    category.names = _texts(category.names, 100)
    category.descriptions = _texts(category.descriptions, 200)
    with transaction.atomic():
        _check(category)
        if category.pk is None:
            others = Category.objects.filter(parent=category.parent)
            category.position = (others.aggregate(last=Max("position"))["last"] or 0) + 1
        save_with_rows(category, {"brands": brands}, by=by)
    return category


def move_category(category: Category, places: int, *, by: User) -> None:
    """Some places down (or up, below 0) among those of one parent; all get numbers without gaps."""
    with transaction.atomic():
        rows = list(Category.objects.select_for_update(of=("self",)).filter(parent=category.parent_id))
        old = rows.index(category)
        rows.insert(min(max(old + places, 0), len(rows) - 1), rows.pop(old))
        for position, row in enumerate(rows, start=1):
            if row.position != position:
                row.position = position
                save_audited(row, by=by)


def remove_category(category: Category, *, by: User) -> None:
    """Only an empty one. Raises `ValidationError`."""
    with transaction.atomic():
        row = Category.objects.select_for_update(of=("self",)).get(pk=category.pk)
        if row.articles.exists() or row.children.exists():
            raise ValidationError(_("There are articles or categories in it. Move them first, or switch it off."))
        remove_audited(row, by=by)


def tree(categories: Iterable[Category]) -> list[tuple[int, Category]]:
    """In the order of the tree, each with how deep it lies; what lies in none of them counts as lying at the top."""
    rows = list(categories)
    known = {row.pk for row in rows}
    below: dict[int | None, list[Category]] = {}
    for row in rows:
        below.setdefault(row.parent_id if row.parent_id in known else None, []).append(row)

    def walk(parent: int | None, depth: int) -> list[tuple[int, Category]]:
        return [pair for row in below.get(parent, []) for pair in ((depth, row), *walk(row.pk, depth + 1))]

    return walk(None, 0)


def _check(category: Category) -> None:
    problems: dict[str, str] = {}
    if not category.name:
        problems["name"] = _("Give it a name.")
    above = _above(category)
    if category.pk is not None and any(row.pk == category.pk for row in above):
        problems["parent"] = _("A category cannot lie inside itself.")
    elif len(above) + _height(category) > DEEPEST:
        problems["parent"] = _("Categories can lie %(number)s deep.") % {"number": DEEPEST}
    if problems:
        raise ValidationError(problems)
    category.clean_fields()


def _above(category: Category) -> list[Category]:
    """Its parent and those above; stops at itself."""
    # of two who turn the tree at once the second sees what the first has done
    rows = {row.pk: row for row in Category.objects.select_for_update(of=("self",)).order_by("pk")}
    above: list[Category] = []
    row = rows.get(category.parent_id) if category.parent_id else None
    while row is not None and len(above) <= len(rows):
        above.append(row)
        if row.pk == category.pk:
            break
        row = rows.get(row.parent_id) if row.parent_id else None
    return above


def _height(category: Category) -> int:
    """How many levels it is with what lies below it."""
    if category.pk is None:
        return 1
    depths = {row.pk: depth for depth, row in tree(Category.objects.order_by("pk"))}
    own = depths.get(category.pk, 0)
    below, height = {category.pk}, 1
    for depth, row in tree(Category.objects.order_by("pk")):
        if row.parent_id in below:
            below.add(row.pk)
            height = max(height, depth - own + 1)
    return height


def _texts(texts: Mapping[str, str], limit: int) -> dict[str, str]:
    """By language; empty ones are as if they were not there."""
    known = {language: clean_line(texts.get(language, ""), limit) for language, _name in settings.LANGUAGES}
    return {language: text for language, text in known.items() if text}
