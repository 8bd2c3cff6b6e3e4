"""Which categories readers of a brand find: one plain statement, whatever the depth of the tree."""

from django.db.models import BooleanField, F, Func, Model
from django.db.models.expressions import RawSQL

_OPEN = """
    WITH RECURSIVE open (id) AS (
        SELECT category.id FROM knowledge_category category
        WHERE category.parent_id IS NULL AND category.is_active{offered}
        UNION ALL
        SELECT category.id FROM knowledge_category category JOIN open ON category.parent_id = open.id
        WHERE category.is_active{offered}
    )
    SELECT id FROM open
"""
# Named by no brand, or by this one.
_OFFERED = """ AND NOT EXISTS (
    SELECT FROM knowledge_category_brands named WHERE named.category_id = category.id
    HAVING count(*) > 0 AND count(*) FILTER (WHERE named.brand_id = %s) = 0
)"""


def open_categories(brand: Model | None) -> RawSQL:
    """The ids of active categories below active ones, offered by `brand` all the way up; None: whatever the brand."""
    if brand is None:
        return RawSQL(_OPEN.format(offered=""), [])  # noqa: S611 - constants of this file
    return RawSQL(_OPEN.format(offered=_OFFERED), [brand.pk, brand.pk])  # noqa: S611 - constants of this file


def stands_open(category: str, brand: Model | None) -> Func:
    """Whether a row's category (a field's name) is one of these; worked out once, however many rows there are."""
    return _IsOneOf(F(category), open_categories(brand), output_field=BooleanField())


class _IsOneOf(Func):
    template, arg_joiner = "%(expressions)s)", " = ANY(ARRAY"
