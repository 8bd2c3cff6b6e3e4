"""The ledger tells which mailbox a message came into, each step of its way, and what became of its bytes."""

import django.contrib.postgres.indexes
import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

REASONS = [
    ("no_sender", "It names no sender."),
    ("bad_sender", "The address of its sender cannot be answered."),
    ("deactivated", "Its sender has been deactivated."),
    ("no_queue", "No address is set up, so no queue can be found for it."),
    ("too_complex", "It is built in too complicated a way to be read safely."),
    ("unreadable", "Reading it took too much time or memory, or broke off."),
    ("trouble", "Every try to make a ticket of it failed."),
    ("not_fetched", "It has not been fetched yet. The next visit to the mailbox tries again."),
    ("unfetchable", "It could not be fetched."),
    ("too_large", "It is larger than a message may be here, so it stays in its mailbox."),
    ("gone", "It is no longer on the server."),
    ("copy", "The same message came before."),
    ("own", "It is a message of our own that came back."),
    ("report", "It is a report about the delivery of a message of ours."),
    ("discarded", "Set aside by an administrator"),
    ("deleted", "Deleted by an administrator"),
]
STEP = 5_000


def name_mailboxes(apps, schema_editor):
    """What came before: the account it was fetched from, else the first recipient."""
    incoming = apps.get_model("mail", "Incoming")
    last = incoming.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    for first in range(0, last + 1, STEP):
        with schema_editor.connection.cursor() as cursor:
            cursor.execute(
                "UPDATE mail_incoming SET mailbox = CASE WHEN account_id IS NOT NULL THEN 'account:' || account_id"
                " ELSE coalesce(lower(envelope_to[1]), '') END WHERE id >= %s AND id < %s AND mailbox = ''",
                [first, first + STEP],
            )


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("mail", "0007_withdrawn")]

    operations = [
        migrations.AddField(
            model_name="account",
            name="silent_after",
            field=models.PositiveSmallIntegerField(
                blank=True,
                db_default=15,
                default=15,
                validators=[django.core.validators.MinValueValidator(5)],
                verbose_name="minutes until an alarm",
            ),
        ),
        migrations.AddField(
            model_name="incoming",
            name="journal",
            field=models.JSONField(db_default=models.Value([], models.JSONField()), default=list),
        ),
        migrations.AddField(
            model_name="incoming",
            name="mailbox",
            field=models.CharField(blank=True, db_default="", default="", max_length=320),
        ),
        migrations.AddField(
            model_name="incoming",
            name="raw_removed_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="incoming",
            name="state_since",
            field=models.DateTimeField(blank=True, default=None, null=True),
        ),
        migrations.AlterField(
            model_name="incoming",
            name="state_since",
            field=models.DateTimeField(blank=True, default=django.utils.timezone.now, null=True),
        ),
        migrations.AlterField(
            model_name="incoming",
            name="reason_code",
            field=models.CharField(blank=True, choices=REASONS, db_default="", default="", max_length=11),
        ),
        migrations.CreateModel(
            name="Keeping",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "ignored_days",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(1)],
                        verbose_name="days",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Incident",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("waiting", "mail waits too long"),
                            ("quarantine", "mail is in quarantine"),
                            ("account", "a mailbox has not been read"),
                            ("spool", "mail waits in files"),
                            ("sending", "mail does not leave"),
                        ],
                        max_length=10,
                    ),
                ),
                ("number", models.PositiveIntegerField(default=0)),
                ("since", models.DateTimeField()),
                ("noticed_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("over_at", models.DateTimeField(blank=True, null=True)),
                (
                    "account",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="incidents",
                        to="mail.account",
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("over_at__isnull", True)),
                        fields=("kind", "account"),
                        name="one_incident_at_a_time",
                        nulls_distinct=False,
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Unneeded",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("digest", models.CharField(max_length=64)),
                ("since", models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name="Reconciliation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("place", models.CharField(max_length=750)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("there", models.PositiveIntegerField(default=0)),
                ("known", models.PositiveIntegerField(default=0)),
                ("new", models.PositiveIntegerField(default=0)),
                ("missed", models.PositiveIntegerField(default=0)),
                ("moved_on", models.PositiveIntegerField(default=0)),
                ("lost", models.PositiveIntegerField(default=0)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reconciliations",
                        to="mail.account",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("account", "place"), name="latest_reconciliation_of_a_folder"),
                ],
            },
        ),
        migrations.AddField(
            model_name="letter",
            name="incident",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="letters",
                to="mail.incident",
            ),
        ),
        migrations.AlterField(
            model_name="letter",
            name="kind",
            field=models.CharField(
                choices=[("password_reset", "new password"), ("alarm", "alarm")],
                max_length=20,
            ),
        ),
        migrations.RunPython(name_mailboxes, migrations.RunPython.noop),
        AddIndexConcurrently(
            model_name="incoming",
            index=models.Index(
                fields=["-received_at", "-id"],
                include=["mailbox", "state", "outcome", "reason_code"],
                name="incoming_by_day",
            ),
        ),
        AddIndexConcurrently(
            model_name="incoming",
            index=models.Index(fields=["sender", "-received_at", "-id"], name="incoming_of_sender"),
        ),
        AddIndexConcurrently(
            model_name="incoming",
            index=django.contrib.postgres.indexes.HashIndex(fields=["digest"], name="incoming_digest"),
        ),
        AddIndexConcurrently(
            model_name="outgoing",
            index=django.contrib.postgres.indexes.HashIndex(fields=["digest"], name="outgoing_digest"),
        ),
    ]
