"""Service levels, as 0001_initial has them, at once: where there are none yet.

An older version may have many tickets when it gets them, so the index of 0002 stays a migration of its own.
"""

import uuid

import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from core.migrating import CreateModels

MODELS = [
    migrations.CreateModel(
        name="Stamp",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("stamp", models.UUIDField(default=uuid.uuid4)),
        ],
    ),
    migrations.CreateModel(
        name="Calendar",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("name", models.CharField(max_length=100, unique=True, verbose_name="name")),
            ("zone", models.CharField(default="UTC", max_length=64, verbose_name="time zone")),
            ("hours", models.JSONField(blank=True, default=dict, verbose_name="hours")),
            ("country", models.CharField(blank=True, max_length=2, verbose_name="public holidays of")),
            ("region", models.CharField(blank=True, max_length=10, verbose_name="region")),
            ("own_days", models.JSONField(blank=True, default=dict, verbose_name="own days")),
            ("is_default", models.BooleanField(default=False, verbose_name="taken where none is chosen")),
        ],
        options={
            "ordering": ["name"],
            "constraints": [
                models.UniqueConstraint(
                    condition=models.Q(("is_default", True)), fields=("is_default",), name="one_default_calendar"
                )
            ],
        },
    ),
    migrations.CreateModel(
        name="CalendarVersion",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("data", models.JSONField()),
            ("until_year", models.PositiveSmallIntegerField()),
            ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
            (
                "calendar",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="versions", to="sla.calendar"
                ),
            ),
        ],
    ),
    migrations.CreateModel(
        name="Policy",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("name", models.CharField(max_length=100, unique=True, verbose_name="name")),
            ("position", models.PositiveSmallIntegerField(default=0, verbose_name="position")),
            ("condition", models.JSONField(blank=True, null=True, verbose_name="condition")),
            (
                "warnings",
                django.contrib.postgres.fields.ArrayField(
                    base_field=models.PositiveSmallIntegerField(
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(99),
                        ]
                    ),
                    blank=True,
                    default=list,
                    size=5,
                    verbose_name="warn at (percent of the target)",
                ),
            ),
            (
                "levels",
                django.contrib.postgres.fields.ArrayField(
                    base_field=models.PositiveIntegerField(
                        validators=[
                            django.core.validators.MinValueValidator(60),
                            django.core.validators.MaxValueValidator(316224000),
                        ]
                    ),
                    blank=True,
                    default=list,
                    size=10,
                    verbose_name="escalate so long after the breach (seconds of business time)",
                ),
            ),
            (
                "pauses_when_pending",
                models.BooleanField(default=True, verbose_name="clocks pause while a ticket waits"),
            ),
            (
                "pause_states",
                django.contrib.postgres.fields.ArrayField(
                    base_field=models.BigIntegerField(),
                    blank=True,
                    default=list,
                    size=50,
                    verbose_name="clocks also pause in",
                ),
            ),
            (
                "reopening",
                models.CharField(
                    choices=[
                        ("resume", "The clock goes on with the time it had"),
                        ("restart", "A new clock starts"),
                        ("keep", "Once solved is solved for good"),
                    ],
                    default="resume",
                    max_length=7,
                    verbose_name="when a ticket is reopened",
                ),
            ),
            ("is_active", models.BooleanField(default=True, verbose_name="active")),
            (
                "calendar",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to="sla.calendar",
                    verbose_name="calendar",
                ),
            ),
        ],
        options={
            "ordering": ["position", "name"],
        },
    ),
    migrations.CreateModel(
        name="Clock",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            (
                "kind",
                models.CharField(
                    choices=[
                        ("first_response", "First response"),
                        ("next_response", "Next response"),
                        ("update", "Update"),
                        ("solution", "Solution"),
                        ("stay", "Time in the queue"),
                        ("lock", "Unlocking"),
                    ],
                    max_length=14,
                ),
            ),
            (
                "state",
                models.CharField(
                    choices=[
                        ("running", "running"),
                        ("paused", "paused"),
                        ("stopped", "stopped"),
                        ("met", "done"),
                        ("cancelled", "cancelled"),
                    ],
                    max_length=9,
                ),
            ),
            ("since", models.DateTimeField()),
            ("target", models.PositiveIntegerField()),
            ("spent", models.PositiveBigIntegerField(default=0)),
            ("counted_at", models.DateTimeField()),
            ("passed_at", models.DateTimeField(null=True)),
            ("due_at", models.DateTimeField(null=True)),
            ("marks", models.JSONField(default=list)),
            (
                "fired",
                django.contrib.postgres.fields.ArrayField(
                    base_field=models.CharField(max_length=10), default=list, size=None
                ),
            ),
            ("fires_at", models.DateTimeField(null=True)),
            ("ended_at", models.DateTimeField(null=True)),
            ("lines", models.PositiveIntegerField(default=0)),
            (
                "calendar",
                models.ForeignKey(
                    db_index=False,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to="sla.calendarversion",
                ),
            ),
            (
                "ticket",
                models.ForeignKey(
                    db_index=False,
                    on_delete=django.db.models.deletion.CASCADE,
                    related_name="clocks",
                    to="tickets.ticket",
                ),
            ),
            (
                "policy",
                models.ForeignKey(
                    blank=True,
                    db_index=False,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to="sla.policy",
                ),
            ),
        ],
        options={
            "indexes": [
                models.Index(fields=["ticket", "kind", "-id"], name="clock_of_ticket"),
                models.Index(condition=models.Q(("fires_at__isnull", False)), fields=["fires_at"], name="clock_fires"),
                models.Index(
                    condition=models.Q(("due_at__isnull", False)), fields=["due_at", "kind"], name="clock_due"
                ),
                models.Index(
                    condition=models.Q(("state__in", ["running", "paused"])),
                    fields=["calendar", "ticket"],
                    name="clock_of_calendar",
                ),
                models.Index(
                    condition=models.Q(("ended_at__isnull", False)), fields=["ended_at", "kind"], name="clock_ended"
                ),
            ],
            "constraints": [
                models.UniqueConstraint(
                    condition=models.Q(("state__in", ["running", "paused"])),
                    fields=("ticket", "kind"),
                    name="one_going_clock_per_kind",
                )
            ],
        },
    ),
    migrations.CreateModel(
        name="QueueHours",
        fields=[
            (
                "queue",
                models.OneToOneField(
                    on_delete=django.db.models.deletion.CASCADE,
                    primary_key=True,
                    related_name="hours",
                    serialize=False,
                    to="tickets.queue",
                ),
            ),
            (
                "unlock_after",
                models.PositiveIntegerField(
                    blank=True, null=True, verbose_name="unlock after (seconds of business time)"
                ),
            ),
            (
                "warnings",
                django.contrib.postgres.fields.ArrayField(
                    base_field=models.PositiveSmallIntegerField(
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(99),
                        ]
                    ),
                    blank=True,
                    default=list,
                    size=5,
                    verbose_name="warn at (percent of the target)",
                ),
            ),
            (
                "levels",
                django.contrib.postgres.fields.ArrayField(
                    base_field=models.PositiveIntegerField(
                        validators=[
                            django.core.validators.MinValueValidator(60),
                            django.core.validators.MaxValueValidator(316224000),
                        ]
                    ),
                    blank=True,
                    default=list,
                    size=10,
                    verbose_name="escalate so long after the breach (seconds of business time)",
                ),
            ),
            (
                "calendar",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to="sla.calendar",
                    verbose_name="calendar",
                ),
            ),
            (
                "policy",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to="sla.policy",
                    verbose_name="SLA",
                ),
            ),
        ],
    ),
    migrations.CreateModel(
        name="QueueTarget",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            (
                "seconds",
                models.PositiveIntegerField(
                    blank=True,
                    null=True,
                    validators=[
                        django.core.validators.MinValueValidator(60),
                        django.core.validators.MaxValueValidator(316224000),
                    ],
                ),
            ),
            (
                "hours",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.CASCADE, related_name="targets", to="sla.queuehours"
                ),
            ),
            (
                "priority",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to="tickets.priority",
                ),
            ),
        ],
        options={
            "constraints": [
                models.UniqueConstraint(fields=("hours", "priority"), name="one_stay_per_priority"),
                models.UniqueConstraint(
                    condition=models.Q(("priority__isnull", True)), fields=("hours",), name="one_stay_for_the_rest"
                ),
            ],
        },
    ),
    migrations.CreateModel(
        name="Retarget",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("due_at", models.DateTimeField(blank=True, default=django.utils.timezone.now, null=True)),
            ("attempts", models.PositiveIntegerField(default=0)),
            ("leased_until", models.DateTimeField(blank=True, null=True)),
            ("parked_at", models.DateTimeField(blank=True, null=True)),
            ("last_error", models.TextField(blank=True)),
            ("reason", models.CharField(max_length=200)),
            ("created_at", models.DateTimeField(auto_now_add=True)),
            ("last_ticket", models.BigIntegerField(default=0)),
            ("total", models.PositiveIntegerField(default=0)),
            ("done", models.PositiveIntegerField(default=0)),
            ("finished_at", models.DateTimeField(null=True)),
            (
                "asked_by",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                ),
            ),
            (
                "calendar",
                models.ForeignKey(
                    null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="sla.calendar"
                ),
            ),
        ],
        options={
            "verbose_name_plural": "Clocks to be set anew",
            "indexes": [
                models.Index(condition=models.Q(("due_at__isnull", False)), fields=["due_at"], name="retarget_due"),
                models.Index(
                    condition=models.Q(("parked_at__isnull", False)), fields=["parked_at"], name="retarget_parked"
                ),
            ],
        },
    ),
    migrations.CreateModel(
        name="Target",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            (
                "kind",
                models.CharField(
                    choices=[
                        ("first_response", "First response"),
                        ("next_response", "Next response"),
                        ("update", "Update"),
                        ("solution", "Solution"),
                    ],
                    max_length=14,
                ),
            ),
            (
                "seconds",
                models.PositiveIntegerField(
                    blank=True,
                    null=True,
                    validators=[
                        django.core.validators.MinValueValidator(60),
                        django.core.validators.MaxValueValidator(316224000),
                    ],
                ),
            ),
            (
                "calendar",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to="sla.calendar",
                ),
            ),
            (
                "policy",
                models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="targets", to="sla.policy"),
            ),
            (
                "priority",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to="tickets.priority",
                ),
            ),
        ],
        options={
            "constraints": [
                models.UniqueConstraint(fields=("policy", "kind", "priority"), name="one_target_per_priority"),
                models.UniqueConstraint(
                    condition=models.Q(("priority__isnull", True)),
                    fields=("policy", "kind"),
                    name="one_target_for_the_rest",
                ),
            ],
        },
    ),
    migrations.CreateModel(
        name="TicketTargets",
        fields=[
            (
                "ticket",
                models.OneToOneField(
                    on_delete=django.db.models.deletion.CASCADE,
                    primary_key=True,
                    related_name="targets",
                    serialize=False,
                    to="tickets.ticket",
                ),
            ),
            ("is_chosen", models.BooleanField(default=False)),
            ("terms", models.CharField(blank=True, max_length=32)),
            ("state_id", models.BigIntegerField(null=True)),
            (
                "phase",
                models.CharField(
                    choices=[("active", "Active"), ("waiting", "Waiting"), ("closed", "Closed"), ("gone", "Gone")],
                    default="active",
                    max_length=7,
                ),
            ),
            ("opened_at", models.DateTimeField(null=True)),
            ("answered_at", models.DateTimeField(null=True)),
            ("contact_at", models.DateTimeField(null=True)),
            ("waiting_since", models.DateTimeField(null=True)),
            ("queue_since", models.DateTimeField(null=True)),
            ("locked_since", models.DateTimeField(null=True)),
            ("reopened_at", models.DateTimeField(null=True)),
            ("was_closed", models.BooleanField(default=False)),
            (
                "policy",
                models.ForeignKey(
                    blank=True,
                    db_index=False,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to="sla.policy",
                ),
            ),
        ],
        options={
            "indexes": [
                models.Index(condition=models.Q(("policy__isnull", False)), fields=["policy"], name="targets_of_policy")
            ],
        },
    ),
    migrations.CreateModel(
        name="Entry",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("position", models.PositiveIntegerField()),
            (
                "kind",
                models.CharField(
                    choices=[
                        ("start", "started"),
                        ("pause", "paused"),
                        ("resume", "went on"),
                        ("stop", "stopped"),
                        ("met", "done"),
                        ("cancel", "cancelled"),
                        ("retarget", "got another target"),
                        ("renew", "started anew"),
                        ("revoke", "went on, because its end was taken back"),
                        ("mark", "reached a mark"),
                    ],
                    max_length=8,
                ),
            ),
            ("at", models.DateTimeField()),
            ("spent", models.PositiveBigIntegerField()),
            ("promise", models.JSONField(null=True)),
            ("note", models.CharField(blank=True, max_length=40)),
            (
                "clock",
                models.ForeignKey(
                    db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="entries", to="sla.clock"
                ),
            ),
            (
                "event",
                models.ForeignKey(
                    db_index=False,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to="tickets.event",
                ),
            ),
        ],
        options={
            "ordering": ["clock", "position"],
            "constraints": [models.UniqueConstraint(fields=("clock", "position"), name="one_entry_per_position")],
        },
    ),
]


class Migration(migrations.Migration):
    replaces = [("sla", "0001_initial")]

    initial = True

    dependencies = [("tickets", "0001_initial")]

    operations = [
        CreateModels(MODELS),
    ]
