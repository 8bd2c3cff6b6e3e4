"""Tickets, their history, the work at the desk and the stock rows: 0001 to 0013 at once, for an empty database."""

import uuid

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import core.clock
import core.database
from core.migrating import CreateModels

SEQUENCE = "CREATE SEQUENCE tickets_number START 10001"

TRIGGERS = """
CREATE FUNCTION tickets_event_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND current_setting('helpdesk.erasure', true) = 'on' THEN
        IF to_jsonb(NEW) - 'data' = to_jsonb(OLD) - 'data' THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'the history of tickets is append-only' USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER tickets_event_append_only BEFORE UPDATE OR DELETE ON tickets_event
    FOR EACH ROW EXECUTE FUNCTION tickets_event_is_append_only();
CREATE TRIGGER tickets_event_never_emptied BEFORE TRUNCATE ON tickets_event
    FOR EACH STATEMENT EXECUTE FUNCTION tickets_event_is_append_only();
"""

BACK = """
DROP TRIGGER tickets_event_never_emptied ON tickets_event;
DROP TRIGGER tickets_event_append_only ON tickets_event;
DROP FUNCTION tickets_event_is_append_only();
"""

TIDY = "ALTER TABLE tickets_passage SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.05)"
UNTIDY = "ALTER TABLE tickets_passage RESET (autovacuum_vacuum_scale_factor, autovacuum_analyze_scale_factor)"

STATES = [
    ("new", "new"),
    ("open", "open"),
    ("pending reminder", "pending_reminder"),
    ("pending auto close+", "pending_auto"),
    ("pending auto close-", "pending_auto"),
    ("closed successful", "closed"),
    ("closed unsuccessful", "closed"),
    ("merged", "merged"),
    ("removed", "removed"),
]
NEXT = {"pending auto close+": "closed successful", "pending auto close-": "closed unsuccessful"}
PRIORITIES = ["1 very low", "2 low", "3 normal", "4 high", "5 very high"]
TYPES = ["Unclassified", "Incident", "Service request", "Problem", "Change"]

MODELS = [
    migrations.CreateModel(
        name="FieldDefinition",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            (
                "key",
                models.SlugField(
                    unique=True,
                    validators=[
                        django.core.validators.RegexValidator(
                            "^[a-z][a-z0-9_]*$", "Small letters, digits and underscores only."
                        )
                    ],
                    verbose_name="key",
                ),
            ),
            ("label", models.CharField(max_length=100, verbose_name="label")),
            ("help_text", models.CharField(blank=True, max_length=200, verbose_name="hint")),
            (
                "kind",
                models.CharField(
                    choices=[
                        ("text", "Text"),
                        ("number", "Number"),
                        ("checkbox", "Yes or no"),
                        ("dropdown", "One of a list"),
                        ("multiselect", "Several of a list"),
                        ("date", "Date"),
                    ],
                    max_length=20,
                    verbose_name="kind",
                ),
            ),
            ("options", models.JSONField(blank=True, default=list, verbose_name="choices")),
            ("is_required", models.BooleanField(default=False, verbose_name="required")),
            ("in_portal", models.BooleanField(default=False, verbose_name="customers see it")),
            ("position", models.PositiveSmallIntegerField(default=0, verbose_name="position")),
            ("is_active", models.BooleanField(default=True, verbose_name="active")),
            ("to_close", models.BooleanField(default=False, verbose_name="required to close a ticket")),
            ("labels", models.JSONField(blank=True, default=dict, verbose_name="label in other languages")),
            ("is_searchable", models.BooleanField(default=False, verbose_name="searched often")),
            (
                "queues",
                models.ManyToManyField(
                    blank=True, related_name="+", to="tickets.queue", verbose_name="only in these queues"
                ),
            ),
            (
                "types",
                models.ManyToManyField(
                    blank=True, related_name="+", to="tickets.tickettype", verbose_name="only for these types"
                ),
            ),
        ],
        options={
            "ordering": ["position", "label"],
        },
    ),
    migrations.CreateModel(
        name="Priority",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("name", models.CharField(max_length=60, unique=True, verbose_name="name")),
            ("position", models.PositiveSmallIntegerField(default=0, verbose_name="position")),
            ("is_active", models.BooleanField(default=True, verbose_name="active")),
            ("level", models.PositiveSmallIntegerField(default=3, verbose_name="level")),
        ],
        options={
            "ordering": ["position", "name"],
            "abstract": False,
        },
    ),
    migrations.CreateModel(
        name="TicketType",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("name", models.CharField(max_length=60, unique=True, verbose_name="name")),
            ("position", models.PositiveSmallIntegerField(default=0, verbose_name="position")),
            ("is_active", models.BooleanField(default=True, verbose_name="active")),
        ],
        options={
            "ordering": ["position", "name"],
            "abstract": False,
        },
    ),
    migrations.CreateModel(
        name="Article",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
            (
                "channel",
                models.CharField(
                    choices=[
                        ("email", "by email"),
                        ("phone", "by phone"),
                        ("note", "by note"),
                        ("web", "through the portal"),
                        ("api", "through the interface"),
                    ],
                    max_length=10,
                ),
            ),
            (
                "sender",
                models.CharField(
                    choices=[("customer", "customer"), ("agent", "agent"), ("system", "system")], max_length=8
                ),
            ),
            ("visible_to_customer", models.BooleanField()),
            ("sent_from", models.JSONField(default=dict)),
            ("to", models.JSONField(default=list)),
            ("cc", models.JSONField(default=list)),
            ("bcc", models.JSONField(default=list)),
            ("reply_to", models.JSONField(default=list)),
            ("subject", models.CharField(blank=True, max_length=500)),
            ("body", models.TextField()),
            ("html", models.TextField(blank=True)),
            ("message_id", models.CharField(blank=True, max_length=250)),
            ("marks", models.JSONField(default=list)),
            ("submission", models.UUIDField(blank=True, editable=False, null=True)),
            ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
            (
                "author",
                models.ForeignKey(
                    db_index=False,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="articles",
                    to=settings.AUTH_USER_MODEL,
                ),
            ),
            (
                "origin_ticket",
                models.ForeignKey(
                    blank=True,
                    db_index=False,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to="tickets.ticket",
                ),
            ),
            (
                "ticket",
                models.ForeignKey(
                    db_index=False,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="articles",
                    to="tickets.ticket",
                ),
            ),
            ("send_at", models.DateTimeField(blank=True, null=True)),
        ],
        options={
            "ordering": ["created_at", "id"],
            "indexes": [
                models.Index(fields=["ticket", "created_at", "id"], name="article_of_ticket"),
                models.Index(
                    condition=models.Q(("message_id", ""), _negated=True),
                    fields=["message_id"],
                    name="article_message_id",
                ),
                models.Index(
                    condition=models.Q(("origin_ticket__isnull", False)),
                    fields=["origin_ticket"],
                    name="article_origin",
                ),
            ],
            "constraints": [
                models.UniqueConstraint(fields=("author", "submission"), name="one_article_per_submission")
            ],
        },
    ),
    migrations.CreateModel(
        name="Attachment",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
            ("name", models.CharField(max_length=200)),
            ("content_type", models.CharField(max_length=150)),
            ("size", models.PositiveBigIntegerField()),
            ("digest", models.CharField(max_length=64)),
            ("is_inline", models.BooleanField(default=False)),
            ("content_id", models.CharField(blank=True, max_length=250)),
            (
                "article",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.CASCADE, related_name="attachments", to="tickets.article"
                ),
            ),
        ],
        options={
            "ordering": ["id"],
            "indexes": [models.Index(fields=["digest"], name="attachment_digest")],
        },
    ),
    migrations.CreateModel(
        name="Queue",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("name", models.CharField(max_length=100, verbose_name="name")),
            ("path", models.CharField(editable=False, max_length=400, unique=True)),
            ("description", models.CharField(blank=True, max_length=200, verbose_name="description for agents")),
            (
                "language",
                models.CharField(
                    blank=True,
                    choices=[("en", "English"), ("es", "Español"), ("pt", "Português"), ("de", "Deutsch")],
                    max_length=8,
                    verbose_name="default language of replies",
                ),
            ),
            ("signature", models.TextField(blank=True, verbose_name="signature")),
            (
                "follow_up",
                models.CharField(
                    choices=[
                        ("reopen", "It reopens the ticket"),
                        ("reject", "It is refused, with a notice"),
                        ("new", "It becomes a new ticket"),
                    ],
                    default="reopen",
                    max_length=6,
                    verbose_name="reply to a solved ticket",
                ),
            ),
            ("is_active", models.BooleanField(default=True, verbose_name="active")),
            (
                "parent",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="children",
                    to="tickets.queue",
                    verbose_name="inside",
                ),
            ),
            (
                "is_guided",
                models.BooleanField(default=False, verbose_name="agents get the next ticket and do not choose"),
            ),
            ("is_junk", models.BooleanField(default=False, verbose_name="for unwanted messages")),
        ],
        options={
            "ordering": ["path"],
            "permissions": [
                ("read", "See tickets"),
                ("create", "Create tickets"),
                ("move_into", "Move tickets into it"),
                ("note", "Add notes"),
                ("owner", "Change the owner"),
                ("priority", "Change the priority"),
                ("write", "Everything on its tickets"),
            ],
            "default_permissions": (),
        },
    ),
    migrations.CreateModel(
        name="State",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("name", models.CharField(max_length=60, unique=True, verbose_name="name")),
            ("position", models.PositiveSmallIntegerField(default=0, verbose_name="position")),
            ("is_active", models.BooleanField(default=True, verbose_name="active")),
            (
                "type",
                models.CharField(
                    choices=[
                        ("new", "new"),
                        ("open", "open"),
                        ("pending_reminder", "waiting, reminds"),
                        ("pending_auto", "waiting, goes on by itself"),
                        ("closed", "closed"),
                        ("merged", "merged"),
                        ("removed", "removed"),
                    ],
                    max_length=20,
                    verbose_name="type",
                ),
            ),
            (
                "next_state",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to="tickets.state",
                    verbose_name="next state",
                ),
            ),
        ],
        options={
            "ordering": ["position", "name"],
            "abstract": False,
        },
    ),
    migrations.CreateModel(
        name="Ticket",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("number", models.CharField(editable=False, max_length=40, unique=True)),
            ("title", models.CharField(max_length=300, verbose_name="title")),
            ("is_locked", models.BooleanField(default=False)),
            (
                "channel",
                models.CharField(
                    choices=[
                        ("email", "by email"),
                        ("phone", "by phone"),
                        ("note", "by note"),
                        ("web", "through the portal"),
                        ("api", "through the interface"),
                    ],
                    max_length=10,
                ),
            ),
            (
                "language",
                models.CharField(
                    choices=[("en", "English"), ("es", "Español"), ("pt", "Português"), ("de", "Deutsch")], max_length=8
                ),
            ),
            (
                "tags",
                django.contrib.postgres.fields.ArrayField(
                    base_field=models.CharField(max_length=50), blank=True, default=list, size=None
                ),
            ),
            ("custom_fields", models.JSONField(blank=True, default=dict)),
            ("pending_until", models.DateTimeField(blank=True, null=True)),
            ("pending_done", models.BooleanField(default=False)),
            ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
            ("changed_at", models.DateTimeField(default=core.clock.now)),
            ("closed_at", models.DateTimeField(blank=True, null=True)),
            ("last_public_at", models.DateTimeField(blank=True, null=True)),
            ("last_customer_at", models.DateTimeField(blank=True, null=True)),
            ("preview", models.CharField(blank=True, max_length=200)),
            ("has_files", models.BooleanField(default=False)),
            ("due_at", models.DateTimeField(blank=True, null=True)),
            ("version", models.PositiveIntegerField(default=0)),
            ("chain", models.CharField(blank=True, editable=False, max_length=64)),
            (
                "customer",
                models.ForeignKey(
                    db_index=False,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="requests",
                    to=settings.AUTH_USER_MODEL,
                ),
            ),
            (
                "merged_into",
                models.ForeignKey(
                    blank=True,
                    db_index=False,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="merged",
                    to="tickets.ticket",
                ),
            ),
            (
                "organisation",
                models.ForeignKey(
                    blank=True,
                    db_index=False,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="tickets",
                    to="accounts.organisation",
                ),
            ),
            (
                "owner",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="owned_tickets",
                    to=settings.AUTH_USER_MODEL,
                ),
            ),
            (
                "priority",
                models.ForeignKey(
                    db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tickets.priority"
                ),
            ),
            (
                "queue",
                models.ForeignKey(
                    db_index=False,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="tickets",
                    to="tickets.queue",
                ),
            ),
            (
                "responsible",
                models.ForeignKey(
                    blank=True,
                    db_index=False,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to=settings.AUTH_USER_MODEL,
                ),
            ),
            (
                "state",
                models.ForeignKey(
                    db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tickets.state"
                ),
            ),
            (
                "type",
                models.ForeignKey(
                    db_index=False,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to="tickets.tickettype",
                ),
            ),
            ("impact", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="impact")),
            ("time_spent", models.PositiveIntegerField(db_default=0, default=0)),
            ("urgency", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="urgency")),
        ],
        options={
            "indexes": [
                models.Index(
                    condition=models.Q(("closed_at__isnull", True)),
                    fields=["queue", "-changed_at", "-id"],
                    name="ticket_open_in_queue",
                ),
                models.Index(
                    condition=models.Q(("closed_at__isnull", True)),
                    fields=["owner", "-changed_at", "-id"],
                    name="ticket_open_of_owner",
                ),
                models.Index(
                    condition=models.Q(("closed_at__isnull", True)), fields=["-changed_at", "-id"], name="ticket_open"
                ),
                models.Index(fields=["queue", "-changed_at", "-id"], name="ticket_in_queue"),
                models.Index(fields=["-changed_at", "-id"], name="ticket_changed"),
                models.Index(fields=["customer", "-changed_at", "-id"], name="ticket_of_customer"),
                models.Index(fields=["organisation", "-changed_at", "-id"], name="ticket_of_organisation"),
                models.Index(
                    condition=models.Q(("pending_done", False), ("pending_until__isnull", False)),
                    fields=["pending_until"],
                    name="ticket_pending",
                ),
                models.Index(
                    condition=models.Q(("responsible__isnull", False)),
                    fields=["responsible"],
                    name="ticket_responsible",
                ),
                models.Index(
                    condition=models.Q(("merged_into__isnull", False)), fields=["merged_into"], name="ticket_merged"
                ),
                django.contrib.postgres.indexes.GinIndex(fields=["tags"], name="ticket_tags"),
                models.Index(fields=["id"], include=("queue", "changed_at"), name="ticket_place"),
                django.contrib.postgres.indexes.GinIndex(
                    fields=["custom_fields"], name="ticket_custom_fields", opclasses=["jsonb_path_ops"]
                ),
            ],
        },
    ),
    migrations.CreateModel(
        name="Event",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("kind", models.CharField(max_length=40)),
            ("cause_kind", models.CharField(max_length=20)),
            ("cause_reference", models.CharField(blank=True, max_length=100)),
            ("depth", models.PositiveSmallIntegerField(default=0)),
            ("at", models.DateTimeField(default=core.clock.now)),
            ("version", models.PositiveIntegerField()),
            ("transaction", models.BigIntegerField(db_default=core.database.CurrentTransaction(), editable=False)),
            ("data", models.JSONField(default=dict)),
            ("data_digest", models.CharField(max_length=64)),
            ("digest", models.CharField(max_length=64)),
            (
                "actor",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                ),
            ),
            (
                "article",
                models.ForeignKey(
                    blank=True,
                    db_index=False,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="events",
                    to="tickets.article",
                ),
            ),
            (
                "cause_event",
                models.ForeignKey(
                    blank=True,
                    db_index=False,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="effects",
                    to="tickets.event",
                ),
            ),
            (
                "on_behalf_of",
                models.ForeignKey(
                    blank=True,
                    db_index=False,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to=settings.AUTH_USER_MODEL,
                ),
            ),
            (
                "ticket",
                models.ForeignKey(
                    db_index=False,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="events",
                    to="tickets.ticket",
                ),
            ),
        ],
        options={
            "ordering": ["id"],
            "indexes": [
                models.Index(fields=["ticket", "id"], name="event_of_ticket"),
                models.Index(fields=["transaction", "id"], name="event_transaction"),
                models.Index(
                    condition=models.Q(("article__isnull", False)), fields=["article"], name="event_of_article"
                ),
                models.Index(
                    condition=models.Q(("on_behalf_of__isnull", False)), fields=["on_behalf_of"], name="event_for"
                ),
                models.Index(
                    condition=models.Q(("cause_event__isnull", False)), fields=["cause_event"], name="event_effects"
                ),
            ],
            "constraints": [models.UniqueConstraint(fields=("ticket", "version"), name="one_event_per_version")],
        },
    ),
    migrations.CreateModel(
        name="Delivery",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("due_at", models.DateTimeField(blank=True, default=django.utils.timezone.now, null=True)),
            ("attempts", models.PositiveIntegerField(default=0)),
            ("leased_until", models.DateTimeField(blank=True, null=True)),
            ("parked_at", models.DateTimeField(blank=True, null=True)),
            ("last_error", models.TextField(blank=True)),
            ("ticket_id", models.BigIntegerField()),
            ("done", models.JSONField(default=list)),
            (
                "event",
                models.OneToOneField(
                    on_delete=django.db.models.deletion.CASCADE, related_name="delivery", to="tickets.event"
                ),
            ),
        ],
        options={
            "indexes": [
                models.Index(condition=models.Q(("due_at__isnull", False)), fields=["due_at"], name="delivery_due"),
                models.Index(
                    condition=models.Q(("due_at__isnull", False)), fields=["ticket_id", "event"], name="delivery_order"
                ),
                models.Index(
                    condition=models.Q(("parked_at__isnull", False)), fields=["parked_at"], name="delivery_parked"
                ),
            ],
        },
    ),
    migrations.CreateModel(
        name="QueueGroupPermission",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("content_object", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="tickets.queue")),
            ("group", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="auth.group")),
            ("permission", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="auth.permission")),
        ],
        options={
            "abstract": False,
            "unique_together": {("group", "permission", "content_object")},
        },
    ),
    migrations.CreateModel(
        name="QueueUserPermission",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("content_object", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="tickets.queue")),
            ("permission", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="auth.permission")),
            ("user", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL)),
        ],
        options={
            "abstract": False,
            "unique_together": {("user", "permission", "content_object")},
        },
    ),
    migrations.CreateModel(
        name="ReadMark",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("read_at", models.DateTimeField(default=core.clock.now)),
            (
                "user",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                ),
            ),
            (
                "ticket",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.CASCADE, related_name="read_marks", to="tickets.ticket"
                ),
            ),
        ],
        options={
            "constraints": [models.UniqueConstraint(fields=("user", "ticket"), name="one_read_mark_each")],
        },
    ),
    migrations.CreateModel(
        name="Passage",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("is_public", models.BooleanField()),
            ("size", models.PositiveIntegerField()),
            ("words", django.contrib.postgres.search.SearchVectorField()),
            (
                "ticket",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.CASCADE, related_name="passages", to="tickets.ticket"
                ),
            ),
        ],
        options={
            "indexes": [
                django.contrib.postgres.indexes.GinIndex(
                    fastupdate=True, fields=["words"], gin_pending_list_limit=512, name="passage_words"
                )
            ],
        },
    ),
    migrations.CreateModel(
        name="ChecklistItem",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("text", models.CharField(max_length=200, verbose_name="step")),
            ("position", models.PositiveSmallIntegerField()),
            ("done_at", models.DateTimeField(blank=True, null=True)),
            (
                "done_by",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to=settings.AUTH_USER_MODEL,
                ),
            ),
            (
                "ticket",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.CASCADE, related_name="checklist", to="tickets.ticket"
                ),
            ),
        ],
        options={
            "ordering": ["position", "id"],
        },
    ),
    migrations.CreateModel(
        name="ChecklistTemplate",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("name", models.CharField(max_length=100, unique=True, verbose_name="name")),
            ("steps", models.TextField(help_text="One per line.", verbose_name="steps")),
            ("is_active", models.BooleanField(default=True, verbose_name="active")),
        ],
        options={
            "ordering": ["name"],
        },
    ),
    migrations.CreateModel(
        name="Draft",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("form", models.CharField(max_length=20)),
            ("content", models.JSONField(default=dict)),
            ("saved_at", models.DateTimeField(default=core.clock.now)),
            (
                "ticket",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.CASCADE,
                    related_name="drafts",
                    to="tickets.ticket",
                ),
            ),
            (
                "user",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.CASCADE, related_name="drafts", to=settings.AUTH_USER_MODEL
                ),
            ),
        ],
        options={
            "constraints": [
                models.UniqueConstraint(
                    fields=("user", "ticket", "form"), name="one_draft_per_form", nulls_distinct=False
                )
            ],
        },
    ),
    migrations.CreateModel(
        name="Job",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("steps", models.JSONField()),
            ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
            (
                "owner",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.CASCADE, related_name="jobs", to=settings.AUTH_USER_MODEL
                ),
            ),
            (
                "undoes",
                models.OneToOneField(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.CASCADE,
                    related_name="undone_by",
                    to="tickets.job",
                ),
            ),
        ],
        options={
            "indexes": [models.Index(fields=["owner", "-id"], name="job_of_owner")],
        },
    ),
    migrations.CreateModel(
        name="JobItem",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("due_at", models.DateTimeField(blank=True, default=django.utils.timezone.now, null=True)),
            ("attempts", models.PositiveIntegerField(default=0)),
            ("leased_until", models.DateTimeField(blank=True, null=True)),
            ("parked_at", models.DateTimeField(blank=True, null=True)),
            ("last_error", models.TextField(blank=True)),
            (
                "state",
                models.CharField(
                    choices=[
                        ("waiting", "waiting"),
                        ("done", "done"),
                        ("unchanged", "was like that already"),
                        ("failed", "not possible"),
                    ],
                    default="waiting",
                    max_length=9,
                ),
            ),
            ("reason", models.CharField(blank=True, max_length=40)),
            ("undo", models.JSONField(default=list)),
            (
                "job",
                models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="items", to="tickets.job"),
            ),
            (
                "ticket",
                models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="tickets.ticket"),
            ),
        ],
        options={
            "ordering": ["id"],
            "indexes": [
                models.Index(condition=models.Q(("due_at__isnull", False)), fields=["due_at"], name="job_item_due"),
                models.Index(fields=["job", "state"], name="job_item_state"),
            ],
            "constraints": [models.UniqueConstraint(fields=("job", "ticket"), name="one_item_per_ticket")],
        },
    ),
    migrations.CreateModel(
        name="Link",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            (
                "kind",
                models.CharField(
                    choices=[
                        ("normal", "related to"),
                        ("parent", "parent of"),
                        ("duplicate", "duplicate of"),
                        ("caused", "caused by"),
                    ],
                    max_length=10,
                ),
            ),
            ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
            (
                "created_by",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                ),
            ),
            (
                "source",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.CASCADE, related_name="links_from", to="tickets.ticket"
                ),
            ),
            (
                "target",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.CASCADE, related_name="links_to", to="tickets.ticket"
                ),
            ),
        ],
        options={
            "constraints": [
                models.UniqueConstraint(fields=("source", "target", "kind"), name="one_link_of_a_kind"),
                models.CheckConstraint(
                    condition=models.Q(("source", models.F("target")), _negated=True), name="no_link_to_itself"
                ),
            ],
        },
    ),
    migrations.CreateModel(
        name="MatrixCell",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("impact", models.PositiveSmallIntegerField(choices=[(1, "low"), (2, "medium"), (3, "high")])),
            ("urgency", models.PositiveSmallIntegerField(choices=[(1, "low"), (2, "medium"), (3, "high")])),
            (
                "priority",
                models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tickets.priority"),
            ),
        ],
        options={
            "ordering": ["impact", "urgency"],
            "constraints": [models.UniqueConstraint(fields=("impact", "urgency"), name="one_priority_per_cell")],
        },
    ),
    migrations.CreateModel(
        name="Mention",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
            (
                "article",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.CASCADE, related_name="mentions", to="tickets.article"
                ),
            ),
            (
                "ticket",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.CASCADE, related_name="mentions", to="tickets.ticket"
                ),
            ),
            (
                "user",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                ),
            ),
        ],
        options={
            "indexes": [models.Index(fields=["user", "ticket"], name="mention_of_user")],
            "constraints": [models.UniqueConstraint(fields=("user", "article"), name="one_mention_each")],
        },
    ),
    migrations.CreateModel(
        name="ReplyTemplate",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("name", models.CharField(max_length=100, unique=True, verbose_name="name")),
            ("body", models.TextField(verbose_name="text")),
            (
                "language",
                models.CharField(
                    blank=True,
                    choices=[("en", "English"), ("es", "Español"), ("pt", "Português"), ("de", "Deutsch")],
                    max_length=8,
                    verbose_name="language",
                ),
            ),
            ("is_active", models.BooleanField(default=True, verbose_name="active")),
            (
                "queues",
                models.ManyToManyField(
                    blank=True, related_name="+", to="tickets.queue", verbose_name="only in these queues"
                ),
            ),
            (
                "roles",
                models.ManyToManyField(
                    blank=True, related_name="+", to="auth.group", verbose_name="only for these roles"
                ),
            ),
        ],
        options={
            "ordering": ["name"],
            "abstract": False,
        },
    ),
    migrations.CreateModel(
        name="SavedView",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("name", models.CharField(max_length=60, verbose_name="name")),
            ("condition", models.JSONField(default=dict)),
            ("search", models.CharField(blank=True, max_length=500)),
            ("columns", models.JSONField(blank=True, default=list)),
            ("order", models.CharField(default="-changed", max_length=30, verbose_name="order")),
            ("group_by", models.CharField(blank=True, max_length=30, verbose_name="grouped by")),
            ("position", models.PositiveSmallIntegerField(default=0)),
            (
                "owner",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.CASCADE, related_name="views", to=settings.AUTH_USER_MODEL
                ),
            ),
            (
                "roles",
                models.ManyToManyField(
                    blank=True, related_name="+", to="auth.group", verbose_name="shared with these roles"
                ),
            ),
        ],
        options={
            "ordering": ["position", "name", "id"],
            "constraints": [models.UniqueConstraint(fields=("owner", "name"), name="one_view_of_a_name")],
        },
    ),
    migrations.CreateModel(
        name="Skip",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("reason", models.CharField(max_length=200, verbose_name="reason")),
            ("at", models.DateTimeField(default=core.clock.now, editable=False)),
            ("until", models.DateTimeField()),
            (
                "ticket",
                models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="tickets.ticket"),
            ),
            (
                "user",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                ),
            ),
        ],
        options={
            "indexes": [models.Index(fields=["user", "until"], name="skip_of_user")],
        },
    ),
    migrations.CreateModel(
        name="Snippet",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("name", models.CharField(max_length=100, unique=True, verbose_name="name")),
            ("body", models.TextField(verbose_name="text")),
            (
                "language",
                models.CharField(
                    blank=True,
                    choices=[("en", "English"), ("es", "Español"), ("pt", "Português"), ("de", "Deutsch")],
                    max_length=8,
                    verbose_name="language",
                ),
            ),
            ("is_active", models.BooleanField(default=True, verbose_name="active")),
            ("keyword", models.SlugField(max_length=30, unique=True, verbose_name="keyword")),
            (
                "roles",
                models.ManyToManyField(
                    blank=True, related_name="+", to="auth.group", verbose_name="only for these roles"
                ),
            ),
        ],
        options={
            "ordering": ["name"],
            "abstract": False,
        },
    ),
    migrations.CreateModel(
        name="TimeEntry",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            (
                "minutes",
                models.PositiveSmallIntegerField(
                    validators=[
                        django.core.validators.MinValueValidator(1),
                        django.core.validators.MaxValueValidator(1440),
                    ],
                    verbose_name="minutes",
                ),
            ),
            ("note", models.CharField(blank=True, max_length=200, verbose_name="what for")),
            ("at", models.DateTimeField(default=core.clock.now)),
            (
                "ticket",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.CASCADE, related_name="time_entries", to="tickets.ticket"
                ),
            ),
            (
                "user",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                ),
            ),
        ],
        options={
            "ordering": ["-at", "-id"],
            "constraints": [
                models.CheckConstraint(
                    condition=models.Q(("minutes__gte", 1), ("minutes__lte", 1440)), name="minutes_of_one_day_at_most"
                )
            ],
        },
    ),
    migrations.CreateModel(
        name="Watcher",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("since", models.DateTimeField(default=core.clock.now, editable=False)),
            (
                "ticket",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.CASCADE, related_name="watchers", to="tickets.ticket"
                ),
            ),
            (
                "user",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.CASCADE, related_name="watched", to=settings.AUTH_USER_MODEL
                ),
            ),
        ],
        options={
            "ordering": ["since", "id"],
            "constraints": [models.UniqueConstraint(fields=("user", "ticket"), name="one_watcher_each")],
        },
    ),
    migrations.CreateModel(
        name="Tag",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("name", models.CharField(max_length=50, unique=True, verbose_name="name")),
            ("is_active", models.BooleanField(default=True, verbose_name="offered")),
            ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
        ],
        options={
            "ordering": ["name"],
        },
    ),
    migrations.CreateModel(
        name="Chore",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("due_at", models.DateTimeField(blank=True, default=django.utils.timezone.now, null=True)),
            ("attempts", models.PositiveIntegerField(default=0)),
            ("leased_until", models.DateTimeField(blank=True, null=True)),
            ("parked_at", models.DateTimeField(blank=True, null=True)),
            ("last_error", models.TextField(blank=True)),
            (
                "kind",
                models.CharField(
                    choices=[
                        ("tag", "A tag gets another name"),
                        ("handover", "The tickets of an agent are handed over"),
                        ("index", "The index of a field is made"),
                    ],
                    max_length=10,
                ),
            ),
            ("data", models.JSONField()),
            ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
            ("done", models.PositiveIntegerField(default=0)),
            (
                "by",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                ),
            ),
        ],
        options={
            "verbose_name_plural": "Work that follows from settings",
            "indexes": [
                models.Index(condition=models.Q(("due_at__isnull", False)), fields=["due_at"], name="chore_due")
            ],
        },
    ),
    migrations.CreateModel(
        name="Picture",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
            ("name", models.CharField(max_length=200)),
            ("content_type", models.CharField(max_length=150)),
            ("digest", models.CharField(max_length=64)),
            ("added_at", models.DateTimeField(default=core.clock.now)),
            (
                "user",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                ),
            ),
        ],
    ),
]


def add_stock_rows(apps, schema_editor):
    State = apps.get_model("tickets", "State")
    Priority = apps.get_model("tickets", "Priority")
    TicketType = apps.get_model("tickets", "TicketType")
    MatrixCell = apps.get_model("tickets", "MatrixCell")
    states = State.objects.bulk_create(
        State(name=name, type=type_, position=position) for position, (name, type_) in enumerate(STATES)
    )
    by_name = {state.name: state for state in states}
    for name, following in NEXT.items():
        State.objects.filter(name=name).update(next_state=by_name[following])
    priorities = Priority.objects.bulk_create(
        Priority(name=name, level=level, position=level) for level, name in enumerate(PRIORITIES, start=1)
    )
    TicketType.objects.bulk_create(TicketType(name=name, position=position) for position, name in enumerate(TYPES))
    # the priority that follows from impact and urgency, as ITIL's usual matrix has it
    MatrixCell.objects.bulk_create(
        MatrixCell(impact=impact, urgency=urgency, priority=priorities[impact + urgency - 2])
        for impact in (1, 2, 3)
        for urgency in (1, 2, 3)
    )


class Migration(migrations.Migration):
    replaces = [
        ("tickets", "0001_initial"),
        ("tickets", "0002_numbers_and_history"),
        ("tickets", "0003_stock_rows"),
        ("tickets", "0004_parked_deliveries"),
        ("tickets", "0005_history_is_never_emptied"),
        ("tickets", "0006_passages"),
        ("tickets", "0007_articles_without_words"),
        ("tickets", "0008_lean_indexes"),
        ("tickets", "0009_place_of_a_ticket"),
        ("tickets", "0010_desk_work"),
        ("tickets", "0011_stock_matrix"),
        ("tickets", "0012_setup_of_the_desk"),
        ("tickets", "0013_pictures"),
    ]

    initial = True

    dependencies = [("accounts", "0001_initial"), ("auth", "0012_alter_user_first_name_max_length")]

    operations = [
        CreateModels(MODELS),
        migrations.RunSQL(SEQUENCE, "DROP SEQUENCE tickets_number"),
        migrations.RunSQL(TRIGGERS, BACK),
        migrations.RunSQL(TIDY, UNTIDY),
        migrations.RunPython(add_stock_rows, migrations.RunPython.noop),
    ]
