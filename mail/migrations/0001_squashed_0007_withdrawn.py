"""Mail that comes and goes: 0001 to 0007 at once, for an empty database."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

from core.migrating import CreateModels

MODELS = [
    migrations.CreateModel(
        name="Account",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("name", models.CharField(max_length=100, unique=True, verbose_name="name")),
            ("host", models.CharField(max_length=253, verbose_name="server")),
            ("port", models.PositiveIntegerField(default=993, verbose_name="port")),
            (
                "security",
                models.CharField(
                    choices=[("tls", "TLS from the start"), ("starttls", "STARTTLS"), ("none", "none")],
                    default="tls",
                    max_length=8,
                    verbose_name="encryption",
                ),
            ),
            ("username", models.CharField(max_length=253, verbose_name="user name")),
            ("sealed_password", models.TextField(blank=True, editable=False)),
            ("folder", models.CharField(default="INBOX", max_length=200, verbose_name="folder")),
            (
                "after",
                models.CharField(
                    choices=[("keep", "Leave it there"), ("move", "Move it to a folder"), ("delete", "Delete it")],
                    default="keep",
                    max_length=6,
                    verbose_name="fetched mail",
                ),
            ),
            ("move_to", models.CharField(blank=True, max_length=200, verbose_name="folder for fetched mail")),
            ("is_active", models.BooleanField(default=True, verbose_name="active")),
            ("last_success_at", models.DateTimeField(blank=True, editable=False, null=True)),
            ("last_error", models.TextField(blank=True, editable=False)),
            (
                "queue",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to="tickets.queue",
                    verbose_name="queue",
                ),
            ),
        ],
    ),
    migrations.CreateModel(
        name="Address",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("address", models.EmailField(max_length=254, unique=True, verbose_name="address")),
            ("name", models.CharField(blank=True, max_length=100, verbose_name="sender name")),
            ("is_active", models.BooleanField(default=True, verbose_name="active")),
            (
                "queue",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.CASCADE,
                    related_name="mail_addresses",
                    to="tickets.queue",
                    verbose_name="queue",
                ),
            ),
        ],
        options={
            "ordering": ["address"],
        },
    ),
    migrations.CreateModel(
        name="AutoReply",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("address", models.CharField(max_length=320)),
            ("at", models.DateTimeField(default=django.utils.timezone.now)),
        ],
        options={
            "indexes": [models.Index(fields=["address", "at"], name="auto_reply_recent")],
        },
    ),
    migrations.CreateModel(
        name="Incoming",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("due_at", models.DateTimeField(blank=True, default=django.utils.timezone.now, null=True)),
            ("attempts", models.PositiveIntegerField(default=0)),
            ("leased_until", models.DateTimeField(blank=True, null=True)),
            ("parked_at", models.DateTimeField(blank=True, null=True)),
            ("last_error", models.TextField(blank=True)),
            (
                "source",
                models.CharField(
                    choices=[("smtp", "SMTP"), ("lmtp", "LMTP"), ("pipe", "pipe"), ("imap", "IMAP")], max_length=4
                ),
            ),
            ("uidvalidity", models.BigIntegerField(blank=True, null=True)),
            ("uid", models.BigIntegerField(blank=True, null=True)),
            ("digest", models.CharField(max_length=64)),
            ("size", models.PositiveBigIntegerField()),
            ("identity", models.CharField(db_index=True, max_length=64)),
            ("envelope_from", models.CharField(blank=True, max_length=320)),
            (
                "envelope_to",
                django.contrib.postgres.fields.ArrayField(
                    base_field=models.CharField(max_length=320), default=list, size=None
                ),
            ),
            ("received_at", models.DateTimeField(default=django.utils.timezone.now)),
            (
                "state",
                models.CharField(
                    choices=[
                        ("received", "received"),
                        ("ticketed", "on a ticket"),
                        ("ignored", "ignored"),
                        ("quarantined", "quarantined"),
                    ],
                    default="received",
                    max_length=11,
                ),
            ),
            (
                "outcome",
                models.CharField(
                    blank=True,
                    choices=[
                        ("new", "new ticket"),
                        ("follow_up", "joined a ticket"),
                        ("rejected", "refused, the ticket is closed"),
                    ],
                    max_length=10,
                ),
            ),
            ("reason", models.CharField(blank=True, max_length=200)),
            ("trace", models.JSONField(default=list)),
            ("message_id", models.CharField(blank=True, max_length=250)),
            ("sender", models.CharField(blank=True, max_length=320)),
            ("subject", models.CharField(blank=True, max_length=300)),
            ("is_automatic", models.BooleanField(default=False)),
            (
                "account",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="incoming",
                    to="mail.account",
                ),
            ),
            (
                "article",
                models.OneToOneField(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="incoming",
                    to="tickets.article",
                ),
            ),
            ("place", models.CharField(blank=True, db_default="", default="", max_length=750)),
            (
                "reason_code",
                models.CharField(
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
                        ("discarded", "Set aside by an administrator"),
                    ],
                    db_default="",
                    default="",
                    max_length=11,
                ),
            ),
        ],
        options={
            "ordering": ["-id"],
            "indexes": [
                models.Index(condition=models.Q(("due_at__isnull", False)), fields=["due_at"], name="incoming_due"),
                models.Index(fields=["state", "-id"], name="incoming_state"),
            ],
            "constraints": [
                models.UniqueConstraint(
                    condition=models.Q(("uid__isnull", False)),
                    fields=("account", "place", "uidvalidity", "uid"),
                    name="each_message_of_a_folder_once",
                )
            ],
        },
    ),
    migrations.CreateModel(
        name="Outgoing",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("due_at", models.DateTimeField(blank=True, default=django.utils.timezone.now, null=True)),
            ("attempts", models.PositiveIntegerField(default=0)),
            ("leased_until", models.DateTimeField(blank=True, null=True)),
            ("parked_at", models.DateTimeField(blank=True, null=True)),
            ("last_error", models.TextField(blank=True)),
            ("digest", models.CharField(max_length=64)),
            ("size", models.PositiveBigIntegerField()),
            ("message_id", models.CharField(max_length=250, unique=True)),
            ("envelope_from", models.CharField(blank=True, max_length=320)),
            ("subject", models.CharField(max_length=600)),
            ("recipients", models.JSONField(default=list)),
            (
                "state",
                models.CharField(
                    choices=[
                        ("queued", "waiting to be sent"),
                        ("sent", "sent"),
                        ("failed", "could not be delivered"),
                        ("kept", "kept here, no mail server is configured"),
                        ("withdrawn", "taken back before it was sent"),
                    ],
                    default="queued",
                    max_length=9,
                ),
            ),
            ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
            ("sent_at", models.DateTimeField(blank=True, null=True)),
            (
                "article",
                models.OneToOneField(
                    on_delete=django.db.models.deletion.PROTECT, related_name="outgoing", to="tickets.article"
                ),
            ),
            (
                "ticket",
                models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tickets.ticket"),
            ),
        ],
        options={
            "ordering": ["-id"],
            "indexes": [
                models.Index(condition=models.Q(("due_at__isnull", False)), fields=["due_at"], name="outgoing_due"),
                models.Index(condition=models.Q(("state", "failed")), fields=["-id"], name="outgoing_failed"),
            ],
        },
    ),
    migrations.CreateModel(
        name="Letter",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("due_at", models.DateTimeField(blank=True, default=django.utils.timezone.now, null=True)),
            ("attempts", models.PositiveIntegerField(default=0)),
            ("leased_until", models.DateTimeField(blank=True, null=True)),
            ("parked_at", models.DateTimeField(blank=True, null=True)),
            ("last_error", models.TextField(blank=True)),
            ("kind", models.CharField(choices=[("password_reset", "new password")], max_length=20)),
            ("address", models.CharField(max_length=320)),
            ("language", models.CharField(max_length=8)),
            ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
        ],
        options={
            "indexes": [
                models.Index(condition=models.Q(("due_at__isnull", False)), fields=["due_at"], name="letter_due")
            ],
        },
    ),
]


class Migration(migrations.Migration):
    replaces = [
        ("mail", "0001_initial"),
        ("mail", "0002_links_to_tickets"),
        ("mail", "0003_letters"),
        ("mail", "0004_failed_outgoing"),
        ("mail", "0005_reasons_and_places"),
        ("mail", "0006_messages_of_a_folder"),
        ("mail", "0007_withdrawn"),
    ]

    initial = True

    dependencies = [("tickets", "0001_initial")]

    operations = [
        CreateModels(MODELS),
    ]
