"""Names as they are sorted and looked up: lower case, without accents, worked out by the database inside its indexes.

Has no models, because these import it. What a query asks for is folded by core/text.py, which folds more letters; of
those that people have in their names both make the same.
"""

from typing import Any

from django.contrib.postgres.search import SearchVectorField
from django.db.models import CharField, Func

ACCENTED = "àáâãäåçèéêëìíîïðñòóôõöøùúûüýÿāăąćĉċčďđēĕėęěĝğġģĥħĩīĭįıĵķĺļľłńņňōŏőŕŗřśŝşšţťŧũūŭůűųŵŷźżžșțẽỳ"
PLAIN = "aaaaaaceeeeiiiidnoooooouuuuyyaaaccccddeeeeegggghhiiiiijkllllnnnooorrrsssstttuuuuuuwyzzzstey"
# Between the words of a name or an address; an apostrophe is one too.
BETWEEN = "@.-_+/:&,;()''"
_BLANKS = " " * (len(BETWEEN) - 1)


def plain(*texts: Any) -> Func:
    """The texts with a blank between them, as they are compared."""
    template = f"replace(translate(lower(%(expressions)s), '{ACCENTED}', '{PLAIN}'), 'ß', 'ss')"
    return Func(*texts, template=template, arg_joiner=" || ' ' || ", output_field=CharField())


def words_of(*texts: Any) -> Func:
    """Their words, for the index that finds beginnings."""
    template = (
        "to_tsvector('simple'::regconfig, "
        f"replace(translate(lower(%(expressions)s), '{ACCENTED}{BETWEEN}', '{PLAIN}{_BLANKS}'), 'ß', 'ss'))"
    )
    return Func(*texts, template=template, arg_joiner=" || ' ' || ", output_field=SearchVectorField())
