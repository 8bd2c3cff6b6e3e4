"""People and organisations in the order of their names, and by the beginnings of their words."""

import django.contrib.postgres.indexes
import django.contrib.postgres.search
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

NAME = "replace(translate(lower(%(expressions)s), 'àáâãäåçèéêëìíîïðñòóôõöøùúûüýÿāăąćĉċčďđēĕėęěĝğġģĥħĩīĭįıĵķĺļľłńņňōŏőŕŗřśŝşšţťŧũūŭůűųŵŷźżžșțẽỳ', 'aaaaaaceeeeiiiidnoooooouuuuyyaaaccccddeeeeegggghhiiiiijkllllnnnooorrrsssstttuuuuuuwyzzzstey'), 'ß', 'ss')"
WORDS = (
    "to_tsvector('simple'::regconfig, replace(translate(lower(%(expressions)s), "
    "'àáâãäåçèéêëìíîïðñòóôõöøùúûüýÿāăąćĉċčďđēĕėęěĝğġģĥħĩīĭįıĵķĺļľłńņňōŏőŕŗřśŝşšţťŧũūŭůűųŵŷźżžșțẽỳ@.-_+/:&,;()''', "
    "'aaaaaaceeeeiiiidnoooooouuuuyyaaaccccddeeeeegggghhiiiiijkllllnnnooorrrsssstttuuuuuuwyzzzstey             '), 'ß', 'ss'))"
)


def plain(*texts):
    return models.Func(*texts, template=NAME, arg_joiner=" || ' ' || ", output_field=models.CharField())


def words_of(*texts):
    output = django.contrib.postgres.search.SearchVectorField()
    return models.Func(*texts, template=WORDS, arg_joiner=" || ' ' || ", output_field=output)


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("accounts", "0005_single_keys")]

    operations = [
        # Large tables take their time; what a web page may not, this may.
        migrations.RunSQL("SET statement_timeout = 0", "RESET statement_timeout"),
        AddIndexConcurrently(
            model_name="user",
            index=models.Index(plain("name"), "id", name="person_by_name"),
        ),
        AddIndexConcurrently(
            model_name="user",
            index=django.contrib.postgres.indexes.GinIndex(words_of("name", "email"), name="person_words"),
        ),
        AddIndexConcurrently(
            model_name="organisation",
            index=models.Index(plain("name"), "id", name="organisation_by_name"),
        ),
        AddIndexConcurrently(
            model_name="organisation",
            index=django.contrib.postgres.indexes.GinIndex(words_of("name"), name="organisation_words"),
        ),
        migrations.RunSQL("RESET statement_timeout", "SET statement_timeout = 0"),
    ]
