"""Filters, known senders, whom to believe, and what was found out about the sender of each message."""

import django.db.models.deletion
from django.db import migrations, models

ID = ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"))
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
    ("denied", "Mail of its sender is not wanted here."),
    ("filtered", "A filter ignores such messages."),
    ("own_sender", "It bears one of our own addresses as its sender, so nobody could be answered."),
    ("not_allowed", "Its sender is an agent who may not do this on the ticket it answers."),
    ("discarded", "Set aside by an administrator"),
    ("deleted", "Deleted by an administrator"),
]


def chosen(to, verbose_name):
    """A row that a filter may name; it stays as long as the filter does."""
    return models.ForeignKey(
        blank=True,
        null=True,
        on_delete=django.db.models.deletion.PROTECT,
        related_name="+",
        to=to,
        verbose_name=verbose_name,
    )


class Migration(migrations.Migration):
    dependencies = [("mail", "0009_fetching"), ("tickets", "0013_pictures")]

    operations = [
        migrations.AddField(
            model_name="incoming",
            name="authentication",
            field=models.JSONField(db_default=models.Value({}, models.JSONField()), default=dict),
        ),
        migrations.AlterField(
            model_name="incoming",
            name="reason_code",
            field=models.CharField(blank=True, choices=REASONS, db_default="", default="", max_length=11),
        ),
        migrations.CreateModel(
            name="Filter",
            fields=[
                ID,
                ("name", models.CharField(max_length=100, unique=True, verbose_name="name")),
                ("position", models.PositiveIntegerField(default=0, verbose_name="order")),
                ("conditions", models.JSONField(default=list, verbose_name="conditions")),
                (
                    "action",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "Make a ticket of it"),
                            ("junk", "Put it into the queue for unwanted messages"),
                            ("ignore", "Ignore it: no ticket is made"),
                        ],
                        max_length=6,
                        verbose_name="what becomes of it",
                    ),
                ),
                ("queue", chosen("tickets.queue", "queue")),
                ("priority", chosen("tickets.priority", "priority")),
                ("type", chosen("tickets.tickettype", "type")),
                ("tags", models.JSONField(default=list, verbose_name="tags")),
                ("fields", models.JSONField(default=dict, verbose_name="fields")),
                (
                    "joins_by",
                    models.CharField(blank=True, max_length=60, verbose_name="joins the ticket with the same value in"),
                ),
                ("is_last", models.BooleanField(default=False, verbose_name="no filter below it is asked")),
                ("is_active", models.BooleanField(default=True, verbose_name="active")),
            ],
            options={"ordering": ["position", "id"]},
        ),
        migrations.CreateModel(
            name="KnownSender",
            fields=[
                ID,
                ("pattern", models.CharField(max_length=320, unique=True, verbose_name="address or domain")),
                (
                    "verdict",
                    models.CharField(
                        choices=[
                            ("wanted", "always wanted: never counts as junk"),
                            ("junk", "into the queue for unwanted messages"),
                            ("denied", "ignored: no ticket is made"),
                        ],
                        default="denied",
                        max_length=6,
                        verbose_name="its mail is",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="note")),
            ],
            options={"ordering": ["pattern"]},
        ),
        migrations.CreateModel(
            name="QueueIntake",
            fields=[
                ID,
                (
                    "unwraps_forwards",
                    models.BooleanField(
                        default=False,
                        verbose_name="mail that an agent forwards is opened for whoever wrote it at first",
                    ),
                ),
                (
                    "queue",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="mail_intake",
                        to="tickets.queue",
                        verbose_name="queue",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Trust",
            fields=[
                ID,
                (
                    "door",
                    models.CharField(
                        blank=True,
                        choices=[("receiver", "our own mail receiver (SMTP and LMTP)"), ("pipe", "pipe")],
                        max_length=8,
                    ),
                ),
                (
                    "server",
                    models.CharField(blank=True, max_length=253, verbose_name="name of the server that checks senders"),
                ),
                (
                    "hops",
                    models.PositiveSmallIntegerField(
                        default=1, verbose_name="Received lines written by your own servers"
                    ),
                ),
                (
                    "is_below",
                    models.BooleanField(default=False, verbose_name="its result stands below its own Received line"),
                ),
                (
                    "reads_headers",
                    models.BooleanField(default=False, verbose_name="X-Helpdesk and X-OTRS headers are obeyed"),
                ),
                (
                    "account",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="trust",
                        to="mail.account",
                        verbose_name="mailbox",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("door", ""), _negated=True), fields=("door",), name="one_trust_per_door"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("account__isnull", True), ("door", ""), _connector="XOR"),
                        name="trust_of_a_mailbox_or_a_door",
                    ),
                ],
            },
        ),
    ]
