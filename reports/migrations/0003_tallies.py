"""Sums by the hour of what is counted. The database keeps them with whatever it does to the rows."""

from django.db import migrations, models

_PLACE = "kind, target, home_id, queue_id"
_FACTS = f"""
    SELECT date_trunc('hour', at, 'UTC') AS at, {_PLACE}, {{sign}}1 AS number, {{sign}}(amount IS NOT NULL)::int AS
        amount_number, {{sign}}coalesce(amount, 0) AS amount, {{sign}}(business IS NOT NULL)::int AS business_number,
        {{sign}}coalesce(business, 0) AS business FROM {{rows}}
"""  # noqa: S608 - all of it stands here
_SPANS = """
    SELECT date_trunc('hour', {edge} - interval '1 microsecond', 'UTC') AS at, 'standing' AS kind, '' AS target, home_id,
        queue_id, {sign}1 AS number, 0 AS amount_number, 0 AS amount, 0 AS business_number, 0 AS business FROM {rows}
        WHERE {edge} IS NOT NULL
"""
_ADD = f"""
    INSERT INTO reports_tally (at, {_PLACE}, number, amount_number, amount, business_number, business, is_folded)
    SELECT at, {_PLACE}, sum(number), sum(amount_number), sum(amount), sum(business_number), sum(business), {{folded}}
    FROM ({{rows}}) AS changed GROUP BY at, {_PLACE}
    HAVING sum(number) <> 0 OR sum(amount_number) <> 0 OR sum(amount) <> 0 OR sum(business_number) <> 0
        OR sum(business) <> 0
"""  # noqa: S608 - all of it stands here


def facts(rows, sign=""):
    return _FACTS.format(rows=rows, sign=sign)


def spans(rows, sign="", opposite="-"):
    began = _SPANS.format(rows=rows, edge="starts_at", sign=sign)
    return f"{began} UNION ALL {_SPANS.format(rows=rows, edge='ends_at', sign=opposite)}"


def add(rows, folded="false"):
    return _ADD.format(rows=rows, folded=folded)


def trigger(table, of):
    """One for each thing that can happen to rows: PostgreSQL hands each its own."""
    old, new = of("old_rows", *("-", "")[: 2 if of is spans else 1]), of("new_rows")
    happenings = {
        "insert": (new, "NEW TABLE AS new_rows"),
        "delete": (old, "OLD TABLE AS old_rows"),
        "update": (f"{old} UNION ALL {new}", "OLD TABLE AS old_rows NEW TABLE AS new_rows"),
    }
    return "".join(
        f"""
CREATE FUNCTION {table}_tallied_{word}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    {add(rows)};
    RETURN NULL;
END
$$;
CREATE TRIGGER {table}_tallied_{word} AFTER {word.upper()} ON {table} REFERENCING {given}
    FOR EACH STATEMENT EXECUTE FUNCTION {table}_tallied_{word}();
"""
        for word, (rows, given) in happenings.items()
    )


def no_trigger(table):
    return "".join(
        f"DROP TRIGGER {table}_tallied_{word} ON {table}; DROP FUNCTION {table}_tallied_{word}();"
        for word in ("insert", "delete", "update")
    )


class Migration(migrations.Migration):
    dependencies = [("reports", "0002_existing_tickets")]

    operations = [
        migrations.CreateModel(
            name="Tally",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("kind", models.CharField(max_length=14)),
                ("target", models.CharField(blank=True, max_length=14)),
                ("home_id", models.BigIntegerField()),
                ("queue_id", models.BigIntegerField()),
                ("number", models.IntegerField()),
                ("amount_number", models.IntegerField(default=0)),
                ("amount", models.BigIntegerField(default=0)),
                ("business_number", models.IntegerField(default=0)),
                ("business", models.BigIntegerField(default=0)),
                ("is_folded", models.BooleanField(default=False)),
            ],
        ),
        migrations.AddField("check", "hours", models.PositiveIntegerField(default=0)),
        migrations.RunSQL("SET LOCAL statement_timeout = 0", migrations.RunSQL.noop),
        # From here on nobody writes rows until the sums of those that are there stand.
        migrations.RunSQL(trigger("reports_fact", facts), no_trigger("reports_fact")),
        migrations.RunSQL(trigger("reports_span", spans), no_trigger("reports_span")),
        migrations.RunSQL(add(facts("reports_fact"), folded="true"), migrations.RunSQL.noop),
        migrations.RunSQL(add(spans("reports_span"), folded="true"), migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name="tally",
            index=models.Index(
                fields=["kind", "at"],
                name="tally_by_time",
                include=("home_id", "queue_id", "target", "number", "amount_number", "amount"),
            ),
        ),
        migrations.AddIndex(model_name="tally", index=models.Index(fields=["at"], name="tally_of_hour")),
        migrations.AddIndex(
            model_name="tally",
            index=models.Index(condition=models.Q(("is_folded", False)), fields=["at"], name="tally_to_fold"),
        ),
    ]
