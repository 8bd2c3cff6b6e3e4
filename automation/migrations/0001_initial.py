"""Automation: rules, schedules, macros, notices, webhooks, alerts, assignment, texts in several languages, surveys."""

import uuid

import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import core.clock
from core.migrating import CreateModels


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0007_zone_not_chosen"),
        ("mail", "0012_messages_of_a_maildrop"),
        ("sla", "0003_next_update"),
        ("tickets", "0013_pictures"),
    ]

    operations = [
        CreateModels(
            operations=[
                migrations.CreateModel(
                    name="Content",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "key",
                            models.CharField(
                                max_length=40,
                                unique=True,
                                validators=[
                                    django.core.validators.RegexValidator(
                                        "^[a-z][a-z0-9_]{0,39}\\Z",
                                        "Write it in small letters, such as greeting or our_hours.",
                                    )
                                ],
                                verbose_name="key",
                            ),
                        ),
                        ("name", models.CharField(max_length=100, unique=True, verbose_name="name")),
                        (
                            "language",
                            models.CharField(
                                choices=[("en", "English"), ("es", "Español"), ("pt", "Português"), ("de", "Deutsch")],
                                default="en",
                                max_length=8,
                                verbose_name="original language",
                            ),
                        ),
                        ("texts", models.JSONField(default=dict, verbose_name="texts")),
                        ("made_from", models.JSONField(blank=True, default=dict, verbose_name="made from")),
                        ("revision", models.PositiveIntegerField(default=1, editable=False)),
                        (
                            "is_liquid",
                            models.BooleanField(default=True, verbose_name="placeholders in it are filled in"),
                        ),
                        ("is_active", models.BooleanField(default=True, verbose_name="active")),
                    ],
                    options={
                        "ordering": ["name"],
                    },
                ),
                migrations.CreateModel(
                    name="Endpoint",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("name", models.CharField(max_length=100, unique=True, verbose_name="name")),
                        ("url", models.CharField(max_length=1000, verbose_name="address")),
                        ("is_active", models.BooleanField(default=True, verbose_name="active")),
                        (
                            "events",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=40),
                                blank=True,
                                default=list,
                                size=None,
                                verbose_name="events",
                            ),
                        ),
                        ("condition", models.JSONField(blank=True, default=dict, verbose_name="condition")),
                        ("sends_text", models.BooleanField(default=True, verbose_name="with the words of messages")),
                        ("sends_internal", models.BooleanField(default=False, verbose_name="with internal notes")),
                        ("body", models.TextField(blank=True, verbose_name="own body")),
                        (
                            "content_type",
                            models.CharField(
                                default="application/json", max_length=100, verbose_name="type of the own body"
                            ),
                        ),
                        (
                            "sealed_header_secrets",
                            models.TextField(blank=True, editable=False, verbose_name="own headers"),
                        ),
                        ("sealed_secret", models.TextField(editable=False, verbose_name="signing secret")),
                        (
                            "sealed_old_secret",
                            models.TextField(blank=True, editable=False, verbose_name="signing secret before"),
                        ),
                        (
                            "old_secret_until",
                            models.DateTimeField(blank=True, null=True, verbose_name="earlier secret signs until"),
                        ),
                        (
                            "give_up_days",
                            models.PositiveSmallIntegerField(
                                default=5,
                                validators=[
                                    django.core.validators.MinValueValidator(1),
                                    django.core.validators.MaxValueValidator(60),
                                ],
                                verbose_name="days of failures until it is switched off",
                            ),
                        ),
                        (
                            "queues",
                            models.ManyToManyField(
                                blank=True, related_name="+", to="tickets.queue", verbose_name="queues"
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["name"],
                    },
                ),
                migrations.CreateModel(
                    name="NoticeHouse",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "hold_seconds",
                            models.PositiveSmallIntegerField(
                                default=60,
                                validators=[django.core.validators.MaxValueValidator(900)],
                                verbose_name="seconds that a mail waits for more",
                            ),
                        ),
                        (
                            "keep_days",
                            models.PositiveSmallIntegerField(
                                default=60,
                                validators=[
                                    django.core.validators.MinValueValidator(1),
                                    django.core.validators.MaxValueValidator(3650),
                                ],
                                verbose_name="days that notices are kept",
                            ),
                        ),
                        (
                            "endpoint_id",
                            models.BigIntegerField(blank=True, null=True, verbose_name="endpoint for notices"),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="NoticeRule",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("occasion", models.CharField(max_length=20, unique=True)),
                        ("levels", models.JSONField(default=dict)),
                    ],
                ),
                migrations.CreateModel(
                    name="NoticeWishes",
                    fields=[
                        (
                            "user",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                primary_key=True,
                                related_name="+",
                                serialize=False,
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "scope",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("", "As usual here"),
                                    ("mine", "Only my tickets"),
                                    ("all", "All tickets in my queues"),
                                ],
                                max_length=4,
                                verbose_name="About which tickets",
                            ),
                        ),
                        ("choices", models.JSONField(default=dict)),
                        (
                            "muted",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.BigIntegerField(), default=list, size=None
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="PriorityWeight",
                    fields=[
                        (
                            "priority",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                primary_key=True,
                                related_name="+",
                                serialize=False,
                                to="tickets.priority",
                            ),
                        ),
                        (
                            "weight",
                            models.PositiveSmallIntegerField(
                                default=1, validators=[django.core.validators.MaxValueValidator(100)]
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="RuleStamp",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("stamp", models.UUIDField(default=uuid.uuid4)),
                    ],
                ),
                migrations.CreateModel(
                    name="SkillRule",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("name", models.CharField(max_length=100, unique=True, verbose_name="name")),
                        ("position", models.PositiveSmallIntegerField(default=0, verbose_name="position")),
                        ("condition", models.JSONField(default=dict, verbose_name="condition")),
                        ("wants", models.JSONField(default=dict, verbose_name="skills")),
                        ("is_active", models.BooleanField(default=True, verbose_name="active")),
                    ],
                    options={
                        "ordering": ["position", "name"],
                    },
                ),
                migrations.CreateModel(
                    name="Turns",
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
                        ("number", models.PositiveIntegerField(default=0)),
                        ("turns", models.JSONField(default=dict)),
                    ],
                ),
                migrations.CreateModel(
                    name="AgentProfile",
                    fields=[
                        (
                            "user",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                primary_key=True,
                                related_name="agent_profile",
                                serialize=False,
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "limit",
                            models.PositiveSmallIntegerField(
                                blank=True, null=True, verbose_name="most at the same time"
                            ),
                        ),
                        ("is_available", models.BooleanField(default=True, verbose_name="available for new tickets")),
                        (
                            "when_away",
                            models.CharField(
                                choices=[
                                    ("keep", "They stay where they are"),
                                    ("queue", "They go back to their queues"),
                                    ("stand_in", "The substitute has them meanwhile"),
                                ],
                                default="keep",
                                max_length=8,
                                verbose_name="your open tickets while you are away",
                            ),
                        ),
                        ("away_since", models.DateField(blank=True, editable=False, null=True)),
                        (
                            "calendar",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="sla.calendar",
                                verbose_name="working hours",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="AlertSource",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("name", models.CharField(max_length=100, unique=True, verbose_name="name")),
                        (
                            "system",
                            models.CharField(
                                choices=[
                                    ("alertmanager", "Prometheus Alertmanager"),
                                    ("grafana", "Grafana"),
                                    ("icinga", "Icinga, Nagios, Naemon"),
                                    ("zabbix", "Zabbix"),
                                    ("other", "another program (JSON)"),
                                ],
                                default="alertmanager",
                                max_length=12,
                                verbose_name="system",
                            ),
                        ),
                        ("is_active", models.BooleanField(default=True, verbose_name="active")),
                        ("priorities", models.JSONField(blank=True, default=dict, verbose_name="priorities")),
                        (
                            "when_resolved",
                            models.CharField(
                                choices=[
                                    ("close", "Close the ticket"),
                                    ("untouched", "Close the ticket if nobody has taken it, else add a note"),
                                    ("pending", "Let the ticket wait, then close it"),
                                    ("note", "Add a note"),
                                ],
                                default="untouched",
                                max_length=10,
                                verbose_name="when it is over",
                            ),
                        ),
                        (
                            "wait_hours",
                            models.PositiveSmallIntegerField(
                                default=24,
                                validators=[django.core.validators.MaxValueValidator(720)],
                                verbose_name="hours until it is closed",
                            ),
                        ),
                        (
                            "again_minutes",
                            models.PositiveIntegerField(
                                default=60,
                                validators=[django.core.validators.MaxValueValidator(43200)],
                                verbose_name="minutes in which it goes on in the same ticket",
                            ),
                        ),
                        ("mapping", models.JSONField(blank=True, default=dict, verbose_name="places in the JSON")),
                        (
                            "token_digest",
                            models.CharField(editable=False, max_length=64, unique=True, verbose_name="secret"),
                        ),
                        ("token_start", models.CharField(editable=False, max_length=12)),
                        (
                            "customer",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="customer",
                            ),
                        ),
                        (
                            "queue",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="tickets.queue",
                                verbose_name="queue",
                            ),
                        ),
                        (
                            "type",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="tickets.tickettype",
                                verbose_name="type",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["name"],
                    },
                ),
                migrations.CreateModel(
                    name="EndpointState",
                    fields=[
                        (
                            "endpoint",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                primary_key=True,
                                related_name="state",
                                serialize=False,
                                to="automation.endpoint",
                            ),
                        ),
                        ("last_success_at", models.DateTimeField(blank=True, null=True)),
                        ("failing_since", models.DateTimeField(blank=True, null=True)),
                        ("failures", models.PositiveIntegerField(default=0)),
                        ("last_error", models.TextField(blank=True)),
                        ("rests_until", models.DateTimeField(blank=True, null=True)),
                        ("last_ms", models.PositiveIntegerField(default=0)),
                        ("given_up_at", models.DateTimeField(blank=True, null=True)),
                        ("holders", models.JSONField(default=dict)),
                    ],
                ),
                migrations.CreateModel(
                    name="Loan",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("ticket_id", models.BigIntegerField()),
                        ("since", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                        (
                            "borrower",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "lender",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="NoticeText",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("occasion", models.CharField(max_length=20, verbose_name="event")),
                        (
                            "language",
                            models.CharField(
                                blank=True,
                                choices=[("en", "English"), ("es", "Español"), ("pt", "Português"), ("de", "Deutsch")],
                                max_length=8,
                                verbose_name="language",
                            ),
                        ),
                        ("subject", models.CharField(max_length=200, verbose_name="subject")),
                        ("body", models.TextField(max_length=20000, verbose_name="text")),
                    ],
                    options={
                        "ordering": ["occasion", "language"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("occasion", "language"), name="one_notice_text_per_language"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="QueueAssignment",
                    fields=[
                        (
                            "queue",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                primary_key=True,
                                related_name="assignment",
                                serialize=False,
                                to="tickets.queue",
                            ),
                        ),
                        (
                            "method",
                            models.CharField(
                                choices=[
                                    ("manual", "Nobody: agents take or get tickets by hand"),
                                    ("round_robin", "In turn: whoever has waited longest"),
                                    ("least_load", "Whoever has the least to do"),
                                ],
                                default="manual",
                                max_length=12,
                                verbose_name="who gets new tickets",
                            ),
                        ),
                        (
                            "by_skills",
                            models.BooleanField(
                                default=False, verbose_name="only who has the skills that a ticket needs"
                            ),
                        ),
                        (
                            "sticky_days",
                            models.PositiveSmallIntegerField(
                                default=0,
                                validators=[django.core.validators.MaxValueValidator(3650)],
                                verbose_name="first whoever had the customer's last ticket, for so many days",
                            ),
                        ),
                        (
                            "limit",
                            models.PositiveSmallIntegerField(
                                blank=True, null=True, verbose_name="most per agent in this queue"
                            ),
                        ),
                        (
                            "role",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.role",
                                verbose_name="only members of",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="Rule",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("name", models.CharField(max_length=100, unique=True, verbose_name="name")),
                        ("description", models.CharField(blank=True, max_length=300, verbose_name="description")),
                        (
                            "status",
                            models.CharField(
                                choices=[("draft", "Draft"), ("active", "Active"), ("paused", "Paused")],
                                default="draft",
                                editable=False,
                                max_length=6,
                            ),
                        ),
                        ("position", models.PositiveIntegerField(default=0, editable=False)),
                        (
                            "events",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=40),
                                default=list,
                                size=None,
                                verbose_name="events",
                            ),
                        ),
                        ("condition", models.JSONField(blank=True, default=dict, verbose_name="condition")),
                        ("effects", models.JSONField(default=list, verbose_name="effects")),
                        ("stops", models.BooleanField(default=False, verbose_name="no further rules after this one")),
                        ("once_per_ticket", models.BooleanField(default=False, verbose_name="once per ticket")),
                        ("changed_at", models.DateTimeField(default=core.clock.now, editable=False)),
                        (
                            "queues",
                            models.ManyToManyField(
                                blank=True, related_name="+", to="tickets.queue", verbose_name="only in these queues"
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["position", "id"],
                    },
                ),
                migrations.CreateModel(
                    name="RuleRun",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("rule_name", models.CharField(max_length=100)),
                        ("position", models.PositiveIntegerField()),
                        (
                            "outcome",
                            models.CharField(
                                choices=[
                                    ("done", "Done"),
                                    ("nothing", "Nothing to change"),
                                    ("failed", "Not everything was possible"),
                                    ("stopped", "Stopped, because it went round in a loop"),
                                ],
                                max_length=7,
                            ),
                        ),
                        ("conditions", models.JSONField(default=dict)),
                        ("effects", models.JSONField(default=list)),
                        ("root_id", models.BigIntegerField()),
                        ("depth", models.PositiveSmallIntegerField(default=0)),
                        ("stopped_others", models.BooleanField(default=False)),
                        ("milliseconds", models.FloatField(default=0)),
                        ("at", models.DateTimeField(default=core.clock.now)),
                        (
                            "event",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="rule_runs",
                                to="tickets.event",
                            ),
                        ),
                        (
                            "rule",
                            models.ForeignKey(
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="runs",
                                to="automation.rule",
                            ),
                        ),
                        (
                            "ticket",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="rule_runs",
                                to="tickets.ticket",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-id"],
                        "indexes": [
                            models.Index(fields=["ticket", "-id"], name="rule_run_of_ticket"),
                            models.Index(fields=["rule", "-id"], name="rule_run_of_rule"),
                            models.Index(fields=["root_id"], name="rule_run_root"),
                            models.Index(fields=["at"], name="rule_run_at"),
                        ],
                        "constraints": [
                            models.UniqueConstraint(fields=("event", "rule"), name="one_run_per_event_and_rule")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="EffectRun",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("due_at", models.DateTimeField(blank=True, default=django.utils.timezone.now, null=True)),
                        ("attempts", models.PositiveIntegerField(default=0)),
                        ("leased_until", models.DateTimeField(blank=True, null=True)),
                        ("parked_at", models.DateTimeField(blank=True, null=True)),
                        ("last_error", models.TextField(blank=True)),
                        ("place", models.PositiveSmallIntegerField()),
                        ("effect", models.JSONField()),
                        (
                            "run",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="retries",
                                to="automation.rulerun",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("due_at__isnull", False)), fields=["due_at"], name="effect_run_due"
                            ),
                            models.Index(
                                condition=models.Q(("parked_at__isnull", False)),
                                fields=["parked_at"],
                                name="effect_run_parked",
                            ),
                        ],
                        "constraints": [models.UniqueConstraint(fields=("run", "place"), name="one_retry_per_effect")],
                    },
                ),
                migrations.CreateModel(
                    name="Schedule",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("name", models.CharField(max_length=100, unique=True, verbose_name="name")),
                        ("is_active", models.BooleanField(default=True, verbose_name="active")),
                        ("condition", models.JSONField(default=dict, verbose_name="condition")),
                        ("cron", models.CharField(max_length=200, verbose_name="times")),
                        ("zone", models.CharField(max_length=64, verbose_name="time zone")),
                        ("effects", models.JSONField(default=list, verbose_name="effects")),
                        (
                            "limit",
                            models.PositiveIntegerField(
                                default=500,
                                validators=[
                                    django.core.validators.MinValueValidator(1),
                                    django.core.validators.MaxValueValidator(10000),
                                ],
                                verbose_name="tickets per run",
                            ),
                        ),
                        ("once_per_ticket", models.BooleanField(default=False, verbose_name="once per ticket")),
                        ("next_at", models.DateTimeField(blank=True, editable=False, null=True)),
                    ],
                    options={
                        "ordering": ["name"],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("next_at__isnull", False)), fields=["next_at"], name="schedule_next"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ScheduleMark",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("at", models.DateTimeField(default=core.clock.now)),
                        (
                            "schedule",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="automation.schedule"
                            ),
                        ),
                        (
                            "ticket",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="tickets.ticket"
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("schedule", "ticket"), name="one_mark_per_ticket")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ScheduleRun",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("due_at", models.DateTimeField(blank=True, default=django.utils.timezone.now, null=True)),
                        ("attempts", models.PositiveIntegerField(default=0)),
                        ("leased_until", models.DateTimeField(blank=True, null=True)),
                        ("parked_at", models.DateTimeField(blank=True, null=True)),
                        ("last_error", models.TextField(blank=True)),
                        ("due_for", models.DateTimeField(blank=True, null=True)),
                        ("missed", models.PositiveIntegerField(default=0)),
                        ("started_at", models.DateTimeField(blank=True, null=True)),
                        ("finished_at", models.DateTimeField(blank=True, null=True)),
                        ("total", models.PositiveIntegerField(default=0)),
                        ("done", models.PositiveIntegerField(default=0)),
                        ("failed", models.PositiveIntegerField(default=0)),
                        ("is_limited", models.BooleanField(default=False)),
                        (
                            "problem",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("stopped", "stopped by %(detail)s"),
                                    ("condition", "the search cannot be read any more: %(detail)s"),
                                ],
                                max_length=9,
                            ),
                        ),
                        (
                            "asked_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "schedule",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="runs",
                                to="automation.schedule",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-id"],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("due_at__isnull", False)),
                                fields=["due_at"],
                                name="schedule_run_due",
                            ),
                            models.Index(fields=["schedule", "-id"], name="run_of_schedule"),
                            models.Index(fields=["finished_at"], name="schedule_run_finished"),
                        ],
                        "constraints": [
                            models.UniqueConstraint(fields=("schedule", "due_for"), name="one_run_per_time"),
                            models.UniqueConstraint(
                                condition=models.Q(("finished_at__isnull", True), ("parked_at__isnull", True)),
                                fields=("schedule",),
                                name="one_run_at_once",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ScheduleItem",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("waiting", "waiting"),
                                    ("done", "done"),
                                    ("unchanged", "was like that already"),
                                    ("gone", "no longer fitted"),
                                    ("failed", "not possible"),
                                ],
                                default="waiting",
                                max_length=9,
                            ),
                        ),
                        ("reason", models.CharField(blank=True, max_length=40)),
                        (
                            "ticket",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="tickets.ticket"
                            ),
                        ),
                        (
                            "run",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="items",
                                to="automation.schedulerun",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["id"],
                        "indexes": [models.Index(fields=["run", "state"], name="schedule_item_state")],
                        "constraints": [
                            models.UniqueConstraint(fields=("run", "ticket"), name="one_result_per_ticket")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Skill",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("name", models.CharField(max_length=60, unique=True, verbose_name="name")),
                        (
                            "language",
                            models.CharField(
                                blank=True,
                                choices=[("en", "English"), ("es", "Español"), ("pt", "Português"), ("de", "Deutsch")],
                                default="",
                                max_length=8,
                                verbose_name="the language",
                            ),
                        ),
                        ("is_active", models.BooleanField(default=True, verbose_name="active")),
                    ],
                    options={
                        "ordering": ["language", "name"],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("language", ""), _negated=True),
                                fields=("language",),
                                name="one_skill_per_language",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="AgentSkill",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "level",
                            models.PositiveSmallIntegerField(
                                validators=[
                                    django.core.validators.MinValueValidator(1),
                                    django.core.validators.MaxValueValidator(5),
                                ]
                            ),
                        ),
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="skills",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "skill",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="agents",
                                to="automation.skill",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [models.UniqueConstraint(fields=("user", "skill"), name="one_level_per_skill")],
                    },
                ),
                migrations.CreateModel(
                    name="SurveyInvitation",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("due_at", models.DateTimeField(blank=True, default=django.utils.timezone.now, null=True)),
                        ("attempts", models.PositiveIntegerField(default=0)),
                        ("leased_until", models.DateTimeField(blank=True, null=True)),
                        ("parked_at", models.DateTimeField(blank=True, null=True)),
                        ("last_error", models.TextField(blank=True)),
                        ("is_ordered", models.BooleanField(default=False)),
                        (
                            "language",
                            models.CharField(
                                choices=[("en", "English"), ("es", "Español"), ("pt", "Português"), ("de", "Deutsch")],
                                max_length=8,
                            ),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("planned", "will be asked"),
                                    ("asked", "was asked"),
                                    ("answered", "has answered"),
                                    ("skipped", "was not asked"),
                                ],
                                default="planned",
                                max_length=8,
                            ),
                        ),
                        ("reason", models.CharField(blank=True, max_length=20)),
                        ("created_at", models.DateTimeField(default=core.clock.now)),
                        ("asked_at", models.DateTimeField(blank=True, null=True)),
                        ("expires_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "article",
                            models.OneToOneField(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="tickets.article",
                            ),
                        ),
                        (
                            "customer",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "event",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="tickets.event",
                            ),
                        ),
                        (
                            "ticket",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="surveys",
                                to="tickets.ticket",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "survey",
                        "verbose_name_plural": "surveys",
                        "ordering": ["-id"],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("due_at__isnull", False)), fields=["due_at"], name="survey_due"
                            ),
                            models.Index(
                                condition=models.Q(("parked_at__isnull", False)),
                                fields=["parked_at"],
                                name="survey_parked",
                            ),
                            models.Index(fields=["customer", "-asked_at"], name="survey_of_customer"),
                            models.Index(fields=["-asked_at"], name="survey_by_day"),
                        ],
                        "constraints": [
                            models.UniqueConstraint(fields=("ticket", "event"), name="one_survey_per_closing")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SurveyAnswer",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("score", models.PositiveSmallIntegerField(verbose_name="score")),
                        ("comment", models.TextField(blank=True, verbose_name="comment")),
                        ("answered_at", models.DateTimeField(default=core.clock.now)),
                        (
                            "owner",
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
                            "queue",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="tickets.queue",
                            ),
                        ),
                        (
                            "ticket",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="survey_answers",
                                to="tickets.ticket",
                            ),
                        ),
                        (
                            "invitation",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="answer",
                                to="automation.surveyinvitation",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-answered_at", "-id"],
                        "indexes": [
                            models.Index(fields=["-answered_at", "-id"], name="survey_answer_by_day"),
                            models.Index(fields=["queue", "-answered_at", "-id"], name="survey_answer_of_queue"),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("score__gte", 1), ("score__lte", 5)),
                                name="survey_score_on_the_scale",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SurveyRule",
                    fields=[
                        (
                            "queue",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                primary_key=True,
                                related_name="survey_rule",
                                serialize=False,
                                to="tickets.queue",
                            ),
                        ),
                        ("is_on", models.BooleanField(default=False, verbose_name="customers are asked")),
                        (
                            "delay",
                            models.PositiveIntegerField(
                                default=24,
                                validators=[django.core.validators.MaxValueValidator(2160)],
                                verbose_name="hours after closing",
                            ),
                        ),
                        (
                            "pause",
                            models.PositiveIntegerField(
                                default=30,
                                validators=[django.core.validators.MaxValueValidator(3650)],
                                verbose_name="days until the same customer is asked again",
                            ),
                        ),
                        (
                            "valid",
                            models.PositiveIntegerField(
                                default=14,
                                validators=[
                                    django.core.validators.MinValueValidator(1),
                                    django.core.validators.MaxValueValidator(365),
                                ],
                                verbose_name="days in which an answer counts",
                            ),
                        ),
                        (
                            "needs_answer",
                            models.BooleanField(default=True, verbose_name="only when an agent has answered"),
                        ),
                        (
                            "unless_customer_closed",
                            models.BooleanField(default=False, verbose_name="not when the customer has closed it"),
                        ),
                        (
                            "text",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="automation.content",
                                verbose_name="text",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="Waiting",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("due_at", models.DateTimeField(blank=True, default=django.utils.timezone.now, null=True)),
                        ("attempts", models.PositiveIntegerField(default=0)),
                        ("leased_until", models.DateTimeField(blank=True, null=True)),
                        ("parked_at", models.DateTimeField(blank=True, null=True)),
                        ("last_error", models.TextField(blank=True)),
                        ("since", models.DateTimeField(default=core.clock.now, editable=False)),
                        (
                            "not_to",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "ticket",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="waiting_for_agent",
                                to="tickets.ticket",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name_plural": "Tickets waiting for an agent",
                        "indexes": [
                            models.Index(
                                condition=models.Q(("due_at__isnull", False)), fields=["due_at"], name="waiting_due"
                            ),
                            models.Index(
                                condition=models.Q(("parked_at__isnull", False)),
                                fields=["parked_at"],
                                name="waiting_parked",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="WebhookDelivery",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("due_at", models.DateTimeField(blank=True, default=django.utils.timezone.now, null=True)),
                        ("attempts", models.PositiveIntegerField(default=0)),
                        ("leased_until", models.DateTimeField(blank=True, null=True)),
                        ("parked_at", models.DateTimeField(blank=True, null=True)),
                        ("last_error", models.TextField(blank=True)),
                        ("reason", models.CharField(blank=True, default="", max_length=120)),
                        ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("kind", models.CharField(max_length=60)),
                        ("content_type", models.CharField(max_length=100)),
                        ("body", models.TextField()),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("waiting", "waiting"),
                                    ("delivered", "delivered"),
                                    ("failed", "not delivered"),
                                ],
                                default="waiting",
                                max_length=10,
                            ),
                        ),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("finished_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "endpoint",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="deliveries",
                                to="automation.endpoint",
                            ),
                        ),
                        (
                            "event",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="tickets.event",
                            ),
                        ),
                        (
                            "ticket",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="tickets.ticket",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("due_at__isnull", False)), fields=["due_at"], name="webhook_due"
                            ),
                            models.Index(
                                condition=models.Q(("parked_at__isnull", False)),
                                fields=["parked_at"],
                                name="webhook_parked",
                            ),
                            models.Index(fields=["endpoint", "-id"], name="webhook_of_endpoint"),
                            models.Index(fields=["created_at"], name="webhook_age"),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("endpoint", "event", "reason"), name="one_delivery_per_endpoint_event"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="WebhookAttempt",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("status", models.PositiveSmallIntegerField(blank=True, null=True)),
                        ("ms", models.PositiveIntegerField(default=0)),
                        ("answer", models.TextField(blank=True)),
                        ("trouble", models.CharField(blank=True, max_length=20)),
                        ("detail", models.TextField(blank=True)),
                        (
                            "delivery",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="tries",
                                to="automation.webhookdelivery",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["id"],
                    },
                ),
                migrations.CreateModel(
                    name="AlertPost",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("due_at", models.DateTimeField(blank=True, default=django.utils.timezone.now, null=True)),
                        ("attempts", models.PositiveIntegerField(default=0)),
                        ("leased_until", models.DateTimeField(blank=True, null=True)),
                        ("parked_at", models.DateTimeField(blank=True, null=True)),
                        ("last_error", models.TextField(blank=True)),
                        ("received_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("alerts", models.JSONField(default=list)),
                        ("outcomes", models.JSONField(default=list)),
                        ("refusal", models.CharField(blank=True, max_length=300)),
                        ("excerpt", models.TextField(blank=True)),
                        ("finished_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "source",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="posts",
                                to="automation.alertsource",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("due_at__isnull", False)), fields=["due_at"], name="alert_post_due"
                            ),
                            models.Index(
                                condition=models.Q(("parked_at__isnull", False)),
                                fields=["parked_at"],
                                name="alert_post_parked",
                            ),
                            models.Index(fields=["source", "-id"], name="alert_post_of_source"),
                            models.Index(fields=["received_at"], name="alert_post_age"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Alert",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("fingerprint", models.CharField(max_length=128)),
                        (
                            "status",
                            models.CharField(choices=[("firing", "firing"), ("resolved", "over")], max_length=8),
                        ),
                        ("title", models.CharField(blank=True, max_length=300)),
                        ("severity", models.CharField(blank=True, max_length=10)),
                        ("text_digest", models.CharField(blank=True, max_length=64)),
                        ("fired_at", models.DateTimeField(blank=True, null=True)),
                        ("resolved_at", models.DateTimeField(blank=True, null=True)),
                        ("heard_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("noted_at", models.DateTimeField(blank=True, null=True)),
                        ("repeats", models.PositiveIntegerField(default=0)),
                        ("changes", models.JSONField(default=list)),
                        ("flapping_since", models.DateTimeField(blank=True, null=True)),
                        ("flaps", models.PositiveIntegerField(default=0)),
                        ("post", models.BigIntegerField(default=0)),
                        (
                            "ticket",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="tickets.ticket",
                            ),
                        ),
                        (
                            "source",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="alerts",
                                to="automation.alertsource",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("flapping_since__isnull", False)),
                                fields=["flapping_since"],
                                name="alert_flapping",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(fields=("source", "fingerprint"), name="one_alert_per_fingerprint")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Decision",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "method",
                            models.CharField(
                                choices=[
                                    ("manual", "Nobody: agents take or get tickets by hand"),
                                    ("round_robin", "In turn: whoever has waited longest"),
                                    ("least_load", "Whoever has the least to do"),
                                ],
                                max_length=12,
                            ),
                        ),
                        ("at", models.DateTimeField(db_index=True, default=core.clock.now, editable=False)),
                        ("reasons", models.JSONField(default=list)),
                        ("others", models.PositiveIntegerField(default=0)),
                        ("wants", models.JSONField(default=list)),
                        (
                            "agent",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "queue",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="tickets.queue",
                            ),
                        ),
                        (
                            "ticket",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="decisions",
                                to="tickets.ticket",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [models.Index(fields=["ticket", "-id"], name="decision_of_ticket")],
                    },
                ),
                migrations.CreateModel(
                    name="Macro",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("name", models.CharField(max_length=100, unique=True, verbose_name="name")),
                        ("is_active", models.BooleanField(default=True, verbose_name="active")),
                        ("position", models.PositiveSmallIntegerField(default=0, editable=False)),
                        ("effects", models.JSONField(default=list, verbose_name="effects")),
                        (
                            "key",
                            models.CharField(
                                blank=True,
                                max_length=1,
                                validators=[django.core.validators.RegexValidator("\\A[0-9]\\Z")],
                                verbose_name="key",
                            ),
                        ),
                        ("on_ticket", models.BooleanField(default=True, verbose_name="on the page of a ticket")),
                        ("in_lists", models.BooleanField(default=True, verbose_name="in lists, for selected tickets")),
                        (
                            "then",
                            models.CharField(
                                choices=[
                                    ("stay", "Stay on the ticket"),
                                    ("next", "Open the next ticket of the list"),
                                    ("list", "Go back to the list"),
                                ],
                                default="stay",
                                max_length=4,
                                verbose_name="afterwards",
                            ),
                        ),
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
                        "ordering": ["position", "id"],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("key", ""), _negated=True),
                                fields=("key",),
                                name="one_macro_per_key",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Notice",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("occasion", models.CharField(max_length=20)),
                        ("relation", models.CharField(max_length=12)),
                        ("at", models.DateTimeField(default=core.clock.now)),
                        ("fresh_at", models.DateTimeField(default=core.clock.now)),
                        ("read_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "event",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="tickets.event"
                            ),
                        ),
                        (
                            "ticket",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="tickets.ticket"
                            ),
                        ),
                        (
                            "user",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="notices",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["user", "-id"], name="notice_of_user"),
                            models.Index(
                                condition=models.Q(("read_at__isnull", True)),
                                fields=["user", "-id"],
                                name="notice_unread",
                            ),
                            models.Index(fields=["at"], name="notice_by_age"),
                        ],
                        "constraints": [models.UniqueConstraint(fields=("event", "user"), name="one_notice_per_event")],
                    },
                ),
                migrations.CreateModel(
                    name="NoticeDelivery",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("due_at", models.DateTimeField(blank=True, default=django.utils.timezone.now, null=True)),
                        ("attempts", models.PositiveIntegerField(default=0)),
                        ("leased_until", models.DateTimeField(blank=True, null=True)),
                        ("parked_at", models.DateTimeField(blank=True, null=True)),
                        ("last_error", models.TextField(blank=True)),
                        ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        (
                            "channel",
                            models.CharField(choices=[("mail", "email"), ("webhook", "webhook")], max_length=7),
                        ),
                        ("occasion", models.CharField(max_length=20)),
                        ("relation", models.CharField(max_length=12)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("waiting", "waiting"),
                                    ("sent", "sent"),
                                    ("dropped", "not needed any more"),
                                    ("failed", "not delivered"),
                                    ("kept", "kept here"),
                                ],
                                default="waiting",
                                max_length=7,
                            ),
                        ),
                        ("reason", models.CharField(blank=True, max_length=300)),
                        ("created_at", models.DateTimeField(default=core.clock.now)),
                        ("sent_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "carrier",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="carried",
                                to="automation.noticedelivery",
                            ),
                        ),
                        (
                            "event",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="tickets.event"
                            ),
                        ),
                        (
                            "ticket",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="tickets.ticket",
                            ),
                        ),
                        (
                            "user",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("due_at__isnull", False)), fields=["due_at"], name="notice_due"
                            ),
                            models.Index(
                                condition=models.Q(("due_at__isnull", False)),
                                fields=["user", "ticket"],
                                name="notice_together",
                            ),
                            models.Index(
                                condition=models.Q(("parked_at__isnull", False)),
                                fields=["parked_at"],
                                name="notice_parked",
                            ),
                            models.Index(fields=["created_at"], name="notice_delivery_by_age"),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("event", "user", "channel"), name="one_delivery_per_person_and_channel"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RuleOnce",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("event_id", models.BigIntegerField()),
                        (
                            "rule",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="automation.rule",
                            ),
                        ),
                        (
                            "ticket",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="tickets.ticket"
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("rule", "ticket"), name="one_mark_per_rule_and_ticket")
                        ],
                    },
                ),
            ],
        ),
    ]
