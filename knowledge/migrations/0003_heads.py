"""An index of the words in titles, keywords and summaries alone: frequent words are found there first."""

from django.db import migrations

INDEX = """
CREATE INDEX kb_translation_heads ON knowledge_translation USING gin (ts_filter(words, '{a,b}'::"char"[]))
"""


class Migration(migrations.Migration):
    dependencies = [("knowledge", "0002_announcements")]

    operations = [migrations.RunSQL(INDEX, "DROP INDEX kb_translation_heads")]
