"""Who may sign up, which organisation an address of a domain belongs to, and who manages an organisation's people."""

import django.db.models.deletion
from django.db import migrations, models

VERDICTS = [("allow", "Allowed"), ("refuse", "Refused")]


class Migration(migrations.Migration):
    dependencies = [("accounts", "0008_brands")]

    operations = [
        migrations.AddField(
            model_name="membership",
            name="is_manager",
            field=models.BooleanField(
                db_default=False, default=False, verbose_name="manages the people of the organisation"
            ),
        ),
        migrations.CreateModel(
            name="OrganisationDomain",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("domain", models.CharField(max_length=253, unique=True, verbose_name="domain")),
                (
                    "sees_all",
                    models.BooleanField(default=False, verbose_name="sees all requests of the organisation"),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="domains",
                        to="accounts.organisation",
                    ),
                ),
            ],
            options={"ordering": ["domain"]},
        ),
        migrations.CreateModel(
            name="DomainRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("domain", models.CharField(max_length=253, verbose_name="domain")),
                (
                    "verdict",
                    models.CharField(choices=VERDICTS, default="allow", max_length=6, verbose_name="verdict"),
                ),
                (
                    "brand",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="domain_rules",
                        to="accounts.brand",
                        verbose_name="brand",
                    ),
                ),
            ],
            options={
                "ordering": ["domain", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=["brand", "domain"], name="one_verdict_per_brand_and_domain", nulls_distinct=False
                    )
                ],
            },
        ),
    ]
