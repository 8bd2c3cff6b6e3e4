"""People, organisations, roles and the audit of configuration: 0001 to 0007 at once, for an empty database."""

import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from core.migrating import CreateModels

NAME = "replace(translate(lower(%(expressions)s), 'àáâãäåçèéêëìíîïðñòóôõöøùúûüýÿāăąćĉċčďđēĕėęěĝğġģĥħĩīĭįıĵķĺļľłńņňōŏőŕŗřśŝşšţťŧũūŭůűųŵŷźżžșțẽỳ', 'aaaaaaceeeeiiiidnoooooouuuuyyaaaccccddeeeeegggghhiiiiijkllllnnnooorrrsssstttuuuuuuwyzzzstey'), 'ß', 'ss')"
WORDS = (
    "to_tsvector('simple'::regconfig, replace(translate(lower(%(expressions)s), "
    "'àáâãäåçèéêëìíîïðñòóôõöøùúûüýÿāăąćĉċčďđēĕėęěĝğġģĥħĩīĭįıĵķĺļľłńņňōŏőŕŗřśŝşšţťŧũūŭůűųŵŷźżžșțẽỳ@.-_+/:&,;()''', "
    "'aaaaaaceeeeiiiidnoooooouuuuyyaaaccccddeeeeegggghhiiiiijkllllnnnooorrrsssstttuuuuuuwyzzzstey             '), 'ß', 'ss'))"
)


def plain(*texts):
    return models.Func(*texts, template=NAME, arg_joiner=" || ' ' || ", output_field=models.CharField())


def words_of(*texts):
    output = django.contrib.postgres.search.SearchVectorField()
    return models.Func(*texts, template=WORDS, arg_joiner=" || ' ' || ", output_field=output)


# The audit of configuration can only grow (0002).
TRIGGERS = """
CREATE FUNCTION accounts_configchange_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND current_setting('helpdesk.erasure', true) = 'on' THEN
        IF to_jsonb(NEW) - '{label,before,after}'::text[] = to_jsonb(OLD) - '{label,before,after}'::text[] THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'the audit of configuration is append-only' USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER accounts_configchange_append_only BEFORE UPDATE OR DELETE ON accounts_configchange
    FOR EACH ROW EXECUTE FUNCTION accounts_configchange_is_append_only();
CREATE TRIGGER accounts_configchange_never_emptied BEFORE TRUNCATE ON accounts_configchange
    FOR EACH STATEMENT EXECUTE FUNCTION accounts_configchange_is_append_only();
"""
BACK = """
DROP TRIGGER accounts_configchange_never_emptied ON accounts_configchange;
DROP TRIGGER accounts_configchange_append_only ON accounts_configchange;
DROP FUNCTION accounts_configchange_is_append_only();
"""

MODELS = [
    migrations.CreateModel(
        name="Organisation",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("name", models.CharField(max_length=200, unique=True, verbose_name="name")),
            ("notes", models.TextField(blank=True, verbose_name="notes")),
            ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
            ("is_vip", models.BooleanField(default=False, verbose_name="VIP")),
        ],
        options={
            "indexes": [
                models.Index(
                    plain("name"),
                    "id",
                    name="organisation_by_name",
                ),
                django.contrib.postgres.indexes.GinIndex(
                    words_of("name"),
                    name="organisation_words",
                ),
            ],
        },
    ),
    migrations.CreateModel(
        name="User",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("password", models.CharField(max_length=128, verbose_name="password")),
            ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
            (
                "is_superuser",
                models.BooleanField(
                    default=False,
                    help_text="Designates that this user has all permissions without explicitly assigning them.",
                    verbose_name="superuser status",
                ),
            ),
            ("email", models.EmailField(max_length=254, unique=True, verbose_name="email")),
            ("name", models.CharField(max_length=150, verbose_name="name")),
            ("is_agent", models.BooleanField(default=False, verbose_name="works tickets")),
            ("is_customer", models.BooleanField(default=False, verbose_name="writes requests")),
            ("is_administrator", models.BooleanField(default=False, verbose_name="sets things up")),
            ("is_active", models.BooleanField(default=True, verbose_name="active")),
            ("system_key", models.CharField(blank=True, editable=False, max_length=30, null=True, unique=True)),
            (
                "language",
                models.CharField(
                    blank=True,
                    choices=[("en", "English"), ("es", "Español"), ("pt", "Português"), ("de", "Deutsch")],
                    max_length=8,
                    verbose_name="language",
                ),
            ),
            ("time_zone", models.CharField(blank=True, max_length=64, verbose_name="time zone")),
            (
                "theme",
                models.CharField(
                    choices=[("auto", "Same as the system"), ("light", "Light"), ("dark", "Dark")],
                    default="auto",
                    max_length=5,
                    verbose_name="theme",
                ),
            ),
            ("phone", models.CharField(blank=True, max_length=50, verbose_name="phone")),
            ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
            ("away_from", models.DateField(blank=True, null=True, verbose_name="away from")),
            ("away_until", models.DateField(blank=True, null=True, verbose_name="away until")),
            (
                "density",
                models.CharField(
                    choices=[("comfortable", "Comfortable"), ("compact", "Compact")],
                    default="comfortable",
                    max_length=11,
                    verbose_name="density",
                ),
            ),
            ("is_vip", models.BooleanField(default=False, verbose_name="VIP")),
            (
                "merged_into",
                models.ForeignKey(
                    blank=True,
                    editable=False,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to=settings.AUTH_USER_MODEL,
                ),
            ),
            ("notes", models.TextField(blank=True, verbose_name="notes")),
            ("signature", models.TextField(blank=True, max_length=1000, verbose_name="signature")),
            (
                "substitute",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.SET_NULL,
                    related_name="+",
                    to=settings.AUTH_USER_MODEL,
                    verbose_name="substitute",
                ),
            ),
            (
                "undo_seconds",
                models.PositiveSmallIntegerField(
                    default=10,
                    validators=[django.core.validators.MaxValueValidator(60)],
                    verbose_name="seconds to take a message back",
                ),
            ),
            ("signed_out_at", models.DateTimeField(blank=True, editable=False, null=True)),
            ("single_keys", models.BooleanField(default=True, verbose_name="shortcuts of a single key")),
            (
                "groups",
                models.ManyToManyField(
                    blank=True,
                    help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.",
                    related_name="user_set",
                    related_query_name="user",
                    to="auth.group",
                    verbose_name="groups",
                ),
            ),
            (
                "user_permissions",
                models.ManyToManyField(
                    blank=True,
                    help_text="Specific permissions for this user.",
                    related_name="user_set",
                    related_query_name="user",
                    to="auth.permission",
                    verbose_name="user permissions",
                ),
            ),
            (
                "organisations",
                models.ManyToManyField(
                    related_name="people", through="accounts.Membership", to="accounts.organisation"
                ),
            ),
        ],
        options={
            "indexes": [
                models.Index(
                    plain("name"),
                    "id",
                    name="person_by_name",
                ),
                django.contrib.postgres.indexes.GinIndex(
                    words_of("name", "email"),
                    name="person_words",
                ),
            ],
            "constraints": [
                models.CheckConstraint(
                    condition=models.Q(("system_key__isnull", True), ("is_active", False), _connector="OR"),
                    name="system_actors_cannot_sign_in",
                )
            ],
        },
    ),
    migrations.CreateModel(
        name="ApiToken",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("name", models.CharField(max_length=100, verbose_name="name")),
            ("prefix", models.CharField(max_length=12)),
            ("digest", models.CharField(max_length=64, unique=True)),
            (
                "scope",
                models.CharField(
                    choices=[("read", "Read"), ("write", "Read and write")],
                    default="write",
                    max_length=5,
                    verbose_name="scope",
                ),
            ),
            ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
            ("expires_at", models.DateTimeField(verbose_name="expires")),
            ("last_used_at", models.DateTimeField(blank=True, null=True)),
            ("revoked_at", models.DateTimeField(blank=True, null=True)),
            (
                "user",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.CASCADE, related_name="api_tokens", to=settings.AUTH_USER_MODEL
                ),
            ),
        ],
    ),
    migrations.CreateModel(
        name="EmailAddress",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("address", models.EmailField(max_length=254, unique=True)),
            ("verified_at", models.DateTimeField(blank=True, null=True)),
            (
                "user",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.CASCADE, related_name="addresses", to=settings.AUTH_USER_MODEL
                ),
            ),
        ],
    ),
    migrations.CreateModel(
        name="Membership",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("is_primary", models.BooleanField(default=True)),
            ("sees_all", models.BooleanField(default=False, verbose_name="sees all requests of the organisation")),
            (
                "user",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.CASCADE, related_name="memberships", to=settings.AUTH_USER_MODEL
                ),
            ),
            (
                "organisation",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.CASCADE, related_name="memberships", to="accounts.organisation"
                ),
            ),
        ],
        options={
            "constraints": [
                models.UniqueConstraint(fields=("user", "organisation"), name="one_membership_each"),
                models.UniqueConstraint(
                    condition=models.Q(("is_primary", True)), fields=("user",), name="one_primary_organisation"
                ),
            ],
        },
    ),
    migrations.CreateModel(
        name="Role",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("description", models.CharField(blank=True, max_length=200, verbose_name="description")),
            (
                "group",
                models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name="role", to="auth.group"),
            ),
        ],
    ),
    migrations.CreateModel(
        name="ConfigChange",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("at", models.DateTimeField(db_index=True, default=django.utils.timezone.now, editable=False)),
            (
                "action",
                models.CharField(
                    choices=[("created", "created"), ("changed", "changed"), ("removed", "removed")], max_length=7
                ),
            ),
            ("kind", models.CharField(max_length=60)),
            ("object_id", models.CharField(max_length=40)),
            ("label", models.CharField(max_length=200)),
            ("before", models.JSONField(default=dict)),
            ("after", models.JSONField(default=dict)),
            (
                "actor",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                ),
            ),
        ],
        options={
            "indexes": [models.Index(fields=["kind", "object_id", "-at"], name="config_change_object")],
        },
    ),
]


class Migration(migrations.Migration):
    replaces = [
        ("accounts", "0001_initial"),
        ("accounts", "0002_audit_only_grows"),
        ("accounts", "0003_preferences"),
        ("accounts", "0004_signing_out_everywhere"),
        ("accounts", "0005_single_keys"),
        ("accounts", "0006_names"),
        ("accounts", "0007_zone_not_chosen"),
    ]

    initial = True

    dependencies = [("auth", "0012_alter_user_first_name_max_length")]

    operations = [
        CreateModels(MODELS),
        migrations.RunSQL(TRIGGERS, BACK),
    ]
