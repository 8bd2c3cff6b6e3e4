"""Sending: servers as rows, pace per domain, held messages; rules of the house, automatic texts, storms."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

from core.migrating import CreateModels

ID = ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"))
LANGUAGES = [("en", "English"), ("es", "Español"), ("pt", "Português"), ("de", "Deutsch")]
DOMAINS = """
UPDATE mail_outgoing SET domains = ARRAY(
    SELECT DISTINCT lower(split_part(recipient ->> 'address', '@', 2)) FROM jsonb_array_elements(recipients) AS recipient
    WHERE recipient ->> 'address' LIKE '%@%')
"""


class Migration(migrations.Migration):
    # Large tables get their indexes beside the work of others.
    atomic = False

    dependencies = [("mail", "0010_identity"), ("tickets", "0013_pictures")]

    operations = [
        CreateModels(
            [
                migrations.CreateModel(
                    name="Server",
                    fields=[
                        ID,
                        ("name", models.CharField(max_length=100, unique=True, verbose_name="name")),
                        ("host", models.CharField(max_length=253, verbose_name="server")),
                        (
                            "port",
                            models.PositiveIntegerField(
                                default=587,
                                validators=[
                                    django.core.validators.MinValueValidator(1),
                                    django.core.validators.MaxValueValidator(65535),
                                ],
                                verbose_name="port",
                            ),
                        ),
                        (
                            "security",
                            models.CharField(
                                choices=[("tls", "TLS from the start"), ("starttls", "STARTTLS"), ("none", "none")],
                                default="starttls",
                                max_length=8,
                                verbose_name="encryption",
                            ),
                        ),
                        ("username", models.CharField(blank=True, max_length=253, verbose_name="user name")),
                        ("sealed_password", models.TextField(blank=True, editable=False)),
                        ("is_active", models.BooleanField(default=True, verbose_name="active")),
                        (
                            "addresses",
                            models.ManyToManyField(
                                blank=True, related_name="+", to="mail.address", verbose_name="addresses"
                            ),
                        ),
                        (
                            "queues",
                            models.ManyToManyField(
                                blank=True, related_name="+", to="tickets.queue", verbose_name="queues"
                            ),
                        ),
                    ],
                    options={"ordering": ["name"]},
                ),
                migrations.CreateModel(
                    name="ServerState",
                    fields=[
                        ID,
                        ("key", models.CharField(max_length=40, unique=True)),
                        ("last_success_at", models.DateTimeField(blank=True, null=True)),
                        ("failing_since", models.DateTimeField(blank=True, null=True)),
                        ("last_error", models.TextField(blank=True)),
                        ("rests_until", models.DateTimeField(blank=True, null=True)),
                    ],
                ),
                migrations.CreateModel(
                    name="Domain",
                    fields=[
                        ID,
                        ("name", models.CharField(max_length=255, unique=True)),
                        ("holders", models.JSONField(default=dict)),
                        ("free_at", models.DateTimeField(blank=True, null=True)),
                        ("pause", models.PositiveIntegerField(default=0)),
                        ("seen_at", models.DateTimeField(default=django.utils.timezone.now)),
                    ],
                    options={"indexes": [models.Index(fields=["seen_at"], name="domain_seen")]},
                ),
                migrations.CreateModel(
                    name="MailRules",
                    fields=[
                        ID,
                        (
                            "answers_per_hour",
                            models.PositiveIntegerField(
                                default=1, verbose_name="automatic replies to one address per hour"
                            ),
                        ),
                        (
                            "answers_per_day",
                            models.PositiveIntegerField(
                                default=10, verbose_name="automatic replies to one address per day"
                            ),
                        ),
                        (
                            "answers_authenticated",
                            models.BooleanField(default=False, verbose_name="only to senders who are proven"),
                        ),
                        ("answers_new", models.BooleanField(default=True, verbose_name="reply to a new ticket")),
                        (
                            "answers_follow_up",
                            models.BooleanField(default=False, verbose_name="reply to a further message"),
                        ),
                        (
                            "answers_rejected",
                            models.BooleanField(default=True, verbose_name="reply to a refused message"),
                        ),
                        (
                            "answers_continued",
                            models.BooleanField(
                                default=True, verbose_name="reply to a message that continues in a new ticket"
                            ),
                        ),
                        (
                            "storm_minutes",
                            models.PositiveIntegerField(default=10, verbose_name="minutes that are looked at"),
                        ),
                        (
                            "storm_of_sender",
                            models.PositiveIntegerField(default=50, verbose_name="messages of one sender in that time"),
                        ),
                        (
                            "storm_of_ticket",
                            models.PositiveIntegerField(default=30, verbose_name="messages to one ticket in that time"),
                        ),
                        ("storm_never", models.TextField(blank=True, verbose_name="senders without a limit")),
                        (
                            "domain_parallel",
                            models.PositiveIntegerField(default=5, verbose_name="connections to one domain at once"),
                        ),
                        (
                            "domain_per_minute",
                            models.PositiveIntegerField(default=0, verbose_name="messages to one domain per minute"),
                        ),
                        (
                            "hold_new_recipients",
                            models.PositiveIntegerField(default=15, verbose_name="most new recipients of one message"),
                        ),
                        (
                            "hold_typos",
                            models.BooleanField(default=True, verbose_name="hold addresses that look mistyped"),
                        ),
                        ("never_send_to", models.TextField(blank=True, verbose_name="addresses that get no mail")),
                    ],
                ),
                migrations.CreateModel(
                    name="AutomaticText",
                    fields=[
                        ID,
                        (
                            "event",
                            models.CharField(
                                choices=[
                                    ("new", "New ticket"),
                                    ("follow_up", "Further message on a ticket"),
                                    ("rejected", "Refused message on a closed ticket"),
                                    ("continued", "New ticket that continues a closed one"),
                                ],
                                max_length=10,
                                verbose_name="event",
                            ),
                        ),
                        (
                            "queue",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="tickets.queue",
                                verbose_name="queue",
                            ),
                        ),
                        (
                            "language",
                            models.CharField(blank=True, choices=LANGUAGES, max_length=8, verbose_name="language"),
                        ),
                        ("subject", models.CharField(max_length=200, verbose_name="subject")),
                        ("body", models.TextField(verbose_name="text")),
                        ("is_active", models.BooleanField(default=True, verbose_name="active")),
                    ],
                    options={
                        "ordering": ["event", "queue__path", "language"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("event", "queue", "language"),
                                name="one_text_per_event_queue_language",
                                nulls_distinct=False,
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="QueueAnswers",
                    fields=[
                        (
                            "queue",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                primary_key=True,
                                related_name="+",
                                serialize=False,
                                to="tickets.queue",
                            ),
                        ),
                        ("new", models.BooleanField(blank=True, null=True, verbose_name="reply to a new ticket")),
                        (
                            "follow_up",
                            models.BooleanField(blank=True, null=True, verbose_name="reply to a further message"),
                        ),
                        (
                            "rejected",
                            models.BooleanField(blank=True, null=True, verbose_name="reply to a refused message"),
                        ),
                        (
                            "continued",
                            models.BooleanField(
                                blank=True, null=True, verbose_name="reply to a message that continues in a new ticket"
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="Storm",
                    fields=[
                        ID,
                        (
                            "kind",
                            models.CharField(
                                choices=[("sender", "one sender"), ("ticket", "one ticket")], max_length=6
                            ),
                        ),
                        ("about", models.CharField(max_length=320)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("blowing", "goes on"),
                                    ("over", "is over"),
                                    ("released", "released"),
                                    ("dropped", "dropped"),
                                ],
                                default="blowing",
                                max_length=8,
                            ),
                        ),
                        ("held", models.PositiveIntegerField(default=0)),
                        (
                            "subjects",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=300), default=list, size=None
                            ),
                        ),
                        ("started_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("last_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("digest_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "ticket",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="tickets.ticket",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-id"],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("state", "blowing")),
                                fields=("kind", "about"),
                                name="one_storm_at_a_time",
                            )
                        ],
                    },
                ),
            ]
        ),
        migrations.AddField(
            model_name="incoming",
            name="storm",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="messages",
                to="mail.storm",
            ),
        ),
        migrations.AlterField(
            model_name="incoming",
            name="reason_code",
            field=models.CharField(
                blank=True,
                choices=[
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
                    ("storm", "There are too many like it at once."),
                    ("denied", "Mail of its sender is not wanted here."),
                    ("filtered", "A filter ignores such messages."),
                    ("own_sender", "It bears one of our own addresses as its sender, so nobody could be answered."),
                    ("not_allowed", "Its sender is an agent who may not do this on the ticket it answers."),
                    ("discarded", "Set aside by an administrator"),
                    ("deleted", "Deleted by an administrator"),
                ],
                db_default="",
                default="",
                max_length=11,
            ),
        ),
        migrations.AddField(
            model_name="outgoing",
            name="domains",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=255), db_default=[], default=list, size=None
            ),
        ),
        migrations.AddField(
            model_name="outgoing",
            name="doubts",
            field=models.JSONField(db_default=models.Value([], models.JSONField()), default=list),
        ),
        migrations.AlterField(
            model_name="outgoing",
            name="state",
            field=models.CharField(
                choices=[
                    ("queued", "waiting to be sent"),
                    ("sent", "sent"),
                    ("failed", "could not be delivered"),
                    ("kept", "kept here, no mail server is configured"),
                    ("withdrawn", "taken back before it was sent"),
                    ("held", "waits for somebody to look at its recipients"),
                ],
                default="queued",
                max_length=9,
            ),
        ),
        # Large tables take their time; what a web page may not, this may.
        migrations.RunSQL("SET statement_timeout = 0", "RESET statement_timeout"),
        migrations.RunSQL(DOMAINS, migrations.RunSQL.noop),
        AddIndexConcurrently(
            model_name="incoming",
            index=models.Index(
                condition=models.Q(("storm__isnull", False)), fields=["storm"], name="incoming_of_storm"
            ),
        ),
        AddIndexConcurrently(
            model_name="outgoing", index=models.Index(fields=["-created_at", "-id"], name="outgoing_by_day")
        ),
        AddIndexConcurrently(
            model_name="outgoing",
            index=models.Index(condition=models.Q(("state", "held")), fields=["-id"], name="outgoing_held"),
        ),
        AddIndexConcurrently(
            model_name="outgoing",
            index=models.Index(
                condition=models.Q(("due_at__isnull", False)), fields=["ticket", "id"], name="outgoing_waits"
            ),
        ),
        AddIndexConcurrently(
            model_name="outgoing",
            index=django.contrib.postgres.indexes.GinIndex(fields=["domains"], name="outgoing_domains"),
        ),
        migrations.RunSQL("RESET statement_timeout", "SET statement_timeout = 0"),
    ]
