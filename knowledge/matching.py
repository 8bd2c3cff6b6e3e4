"""Whether the words of a row fit a query, and how well; by the index of all words, or of titles and summaries alone."""

from django.contrib.postgres.search import SearchQueryField
from django.db.models import BooleanField, F, FloatField, Func
from django.db.models.expressions import RawSQL

from tickets.asked import Sql


def in_words(query: Sql) -> Func:
    return Having(F("words"), _query(query))


def in_head(query: Sql) -> Func:
    """The same in title, keywords or summary; by the index kb_translation_heads."""
    return Having(_Head(F("words")), _query(query))


def rank(query: Sql) -> Func:
    """Titles and keywords weigh most, then the summary; long texts do not win by their length."""
    return _Rank(F("words"), _query(query), output_field=FloatField())


def _query(query: Sql) -> RawSQL:
    # The query hides in a SELECT, or PostgreSQL reads the table where it expects many.
    return RawSQL(f"SELECT {query.text}", query.values, output_field=SearchQueryField())  # noqa: S611 - constants


class Having(Func):
    template, arg_joiner = "%(expressions)s", " @@ "
    output_field = BooleanField()


class _Head(Func):
    template = "ts_filter(%(expressions)s, '{a,b}'::\"char\"[])"


class _Rank(Func):
    template = "ts_rank('{0.1, 0.2, 0.4, 1.0}', %(expressions)s, 1)"
