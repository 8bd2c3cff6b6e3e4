"""The catalogue of services, and which of them a ticket is about."""

import django.db.models.deletion
from django.db import migrations, models

from core.migrating import CreateModels


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0008_brands"),
        ("tickets", "0014_brands"),
    ]

    operations = [
        CreateModels(
            [
                migrations.CreateModel(
                    name="Service",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("name", models.CharField(max_length=100, verbose_name="name")),
                        ("names", models.JSONField(blank=True, default=dict, verbose_name="name in other languages")),
                        ("path", models.CharField(editable=False, max_length=400, unique=True)),
                        ("description", models.CharField(blank=True, max_length=200, verbose_name="description")),
                        (
                            "descriptions",
                            models.JSONField(blank=True, default=dict, verbose_name="description in other languages"),
                        ),
                        ("instructions", models.TextField(blank=True, max_length=2000, verbose_name="instructions")),
                        (
                            "instructions_in",
                            models.JSONField(blank=True, default=dict, verbose_name="instructions in other languages"),
                        ),
                        ("subject", models.CharField(blank=True, max_length=300, verbose_name="subject")),
                        (
                            "subjects",
                            models.JSONField(blank=True, default=dict, verbose_name="subject in other languages"),
                        ),
                        ("icon", models.CharField(blank=True, max_length=30, verbose_name="icon")),
                        ("position", models.PositiveSmallIntegerField(default=0, verbose_name="position")),
                        ("is_active", models.BooleanField(default=True, verbose_name="active")),
                        (
                            "audience",
                            models.CharField(
                                choices=[
                                    ("everybody", "Everybody, also without signing in"),
                                    ("customers", "Everybody who is signed in"),
                                    ("members", "Only people of these organisations"),
                                ],
                                default="customers",
                                max_length=9,
                                verbose_name="who finds it",
                            ),
                        ),
                        (
                            "brands",
                            models.ManyToManyField(
                                blank=True, related_name="+", to="accounts.brand", verbose_name="brands"
                            ),
                        ),
                        (
                            "organisations",
                            models.ManyToManyField(
                                blank=True, related_name="+", to="accounts.organisation", verbose_name="organisations"
                            ),
                        ),
                        (
                            "parent",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="children",
                                to="tickets.service",
                                verbose_name="inside",
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
                                verbose_name="priority",
                            ),
                        ),
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
                    options={"ordering": ["position", "path"]},
                ),
                migrations.CreateModel(
                    name="ServiceField",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("is_required", models.BooleanField(default=False, verbose_name="required")),
                        ("condition", models.JSONField(blank=True, null=True, verbose_name="asked only when")),
                        ("help_text", models.CharField(blank=True, max_length=200, verbose_name="hint")),
                        (
                            "help_texts",
                            models.JSONField(blank=True, default=dict, verbose_name="hint in other languages"),
                        ),
                        ("position", models.PositiveSmallIntegerField(default=0, verbose_name="position")),
                        (
                            "field",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="tickets.fielddefinition",
                                verbose_name="field",
                            ),
                        ),
                        (
                            "service",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="questions",
                                to="tickets.service",
                            ),
                        ),
                    ],
                    options={"ordering": ["position", "pk"]},
                ),
                migrations.AddConstraint(
                    model_name="servicefield",
                    constraint=models.UniqueConstraint(fields=("service", "field"), name="one_question_each"),
                ),
            ]
        ),
        migrations.AddField(
            model_name="ticket",
            name="service",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tickets.service",
            ),
        ),
    ]
