"""Brands: under which name, colours and host name customers meet the helpdesk; the first one is for every host name."""

import django.core.validators
import django.utils.timezone
from django.db import migrations, models

LANGUAGES = [("en", "English"), ("es", "Español"), ("pt", "Português"), ("de", "Deutsch")]
REGISTRATIONS = [
    ("closed", "Nobody, people are invited"),
    ("domains", "People with an address of an allowed domain"),
    ("open", "Everybody, except from refused domains"),
]


def add(apps, schema_editor):
    apps.get_model("accounts", "Brand").objects.get_or_create(
        is_default=True, defaults={"name": "Helpdesk", "key": "helpdesk"}
    )


def colour(**options):
    check = django.core.validators.RegexValidator(r"\A#[0-9a-f]{6}\Z", "Write a colour as #rrggbb.")
    return models.CharField(max_length=7, validators=[check], **options)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0007_zone_not_chosen")]

    operations = [
        migrations.CreateModel(
            name="Brand",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=60, unique=True, verbose_name="name")),
                ("key", models.SlugField(max_length=40, unique=True, verbose_name="key")),
                (
                    "is_default",
                    models.BooleanField(default=False, editable=False, verbose_name="for all other host names"),
                ),
                ("is_active", models.BooleanField(default=True, verbose_name="active")),
                ("host", models.CharField(blank=True, max_length=253, verbose_name="host name")),
                ("colour", colour(default="#006074", verbose_name="colour")),
                ("accent", colour(blank=True, verbose_name="colour behind the search")),
                ("logo", models.CharField(blank=True, max_length=64, verbose_name="logo")),
                ("logo_type", models.CharField(blank=True, editable=False, max_length=20)),
                ("website", models.URLField(blank=True, verbose_name="website")),
                ("sender_name", models.CharField(blank=True, max_length=100, verbose_name="name of the sender")),
                ("sender_address", models.EmailField(blank=True, max_length=254, verbose_name="address of the sender")),
                ("language", models.CharField(choices=LANGUAGES, default="en", max_length=8, verbose_name="language")),
                ("languages", models.JSONField(blank=True, default=list, verbose_name="languages offered")),
                ("greeting", models.JSONField(blank=True, default=dict, verbose_name="greeting")),
                ("intro", models.JSONField(blank=True, default=dict, verbose_name="introduction")),
                ("footer", models.JSONField(blank=True, default=dict, verbose_name="line at the foot")),
                (
                    "privacy_url",
                    models.URLField(blank=True, max_length=300, verbose_name="address of the privacy notice"),
                ),
                ("imprint_url", models.URLField(blank=True, max_length=300, verbose_name="address of the imprint")),
                (
                    "accessibility_url",
                    models.URLField(blank=True, max_length=300, verbose_name="address of the accessibility statement"),
                ),
                (
                    "registration",
                    models.CharField(
                        choices=REGISTRATIONS, default="closed", max_length=7, verbose_name="who may sign up"
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
            ],
            options={
                "ordering": ["-is_default", "name"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(is_default=True), fields=["is_default"], name="one_default_brand"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("host", ""), _negated=True), fields=["host"], name="one_brand_per_host"
                    ),
                ],
            },
        ),
        migrations.RunPython(add, migrations.RunPython.noop),
    ]
