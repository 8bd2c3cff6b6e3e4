"""Mailboxes by POP3 too, signing in with tokens, several folders, and what a visit notes about itself."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

TROUBLES = [
    ("password", "password refused"),
    ("no_consent", "not connected yet"),
    ("ended", "leave withdrawn"),
    ("tokens", "sign-in server"),
    ("no_folder", "no such folder"),
    ("certificate", "certificate"),
    ("no_tls", "encryption"),
    ("no_server", "no such server"),
    ("refused", "no connection"),
    ("forbidden", "server not allowed"),
    ("timeout", "no answer in time"),
    ("answer", "unexpected answer"),
    ("broke_off", "connection lost"),
    ("settling", "fetched mail stays there"),
    ("storage", "trouble of our own"),
]
PROVIDERS = [("microsoft", "Microsoft 365"), ("google", "Google"), ("other", "another one")]
FLOWS = [("code", "Somebody signs in to the mailbox"), ("client", "The application signs in by itself")]
SIGN_INS = [("password", "with a password"), ("oauth", "with the provider's leave (OAuth 2)")]
SOURCES = [("smtp", "SMTP"), ("lmtp", "LMTP"), ("pipe", "pipe"), ("imap", "IMAP"), ("pop3", "POP3")]

ACCOUNT: dict[str, models.Field] = {
    "protocol": models.CharField(
        choices=[("imap", "IMAP"), ("pop3", "POP3")],
        db_default="imap",
        default="imap",
        max_length=4,
        verbose_name="protocol",
    ),
    "sign_in": models.CharField(
        choices=SIGN_INS, db_default="password", default="password", max_length=8, verbose_name="how to sign in"
    ),
    "more_folders": django.contrib.postgres.fields.ArrayField(
        base_field=models.CharField(max_length=200),
        blank=True,
        db_default=[],
        default=list,
        size=None,
        verbose_name="more folders",
    ),
    "start_on": models.DateField(blank=True, null=True, verbose_name="fetch from"),
    "keep_days": models.PositiveSmallIntegerField(
        db_default=0, default=0, verbose_name="days before it is deleted there"
    ),
    "trouble": models.CharField(blank=True, choices=TROUBLES, db_default="", default="", editable=False, max_length=11),
    "failures": models.PositiveIntegerField(db_default=0, default=0, editable=False),
    "next_visit_at": models.DateTimeField(blank=True, editable=False, null=True),
    "waiting": models.PositiveIntegerField(db_default=0, default=0, editable=False),
    "lag_seconds": models.PositiveIntegerField(blank=True, editable=False, null=True),
    "can_idle": models.BooleanField(blank=True, editable=False, null=True),
}


class Migration(migrations.Migration):
    dependencies = [("mail", "0008_ledger")]

    operations = [
        *(migrations.AddField(model_name="account", name=name, field=field) for name, field in ACCOUNT.items()),
        migrations.CreateModel(
            name="Consent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("provider", models.CharField(choices=PROVIDERS, max_length=9, verbose_name="provider")),
                (
                    "flow",
                    models.CharField(choices=FLOWS, default="code", max_length=6, verbose_name="who signs in"),
                ),
                ("tenant", models.CharField(blank=True, max_length=100, verbose_name="tenant")),
                ("client_id", models.CharField(max_length=250, verbose_name="application ID")),
                ("sealed_client_secret", models.TextField(blank=True, editable=False)),
                ("ends_on", models.DateField(blank=True, null=True, verbose_name="the secret ends on")),
                ("authorize_url", models.CharField(blank=True, max_length=500, verbose_name="sign-in address")),
                ("token_url", models.CharField(blank=True, max_length=500, verbose_name="token address")),
                ("scope", models.CharField(blank=True, max_length=500, verbose_name="scope")),
                ("sealed_refresh_token", models.TextField(blank=True, editable=False)),
                ("sealed_access_token", models.TextField(blank=True, editable=False)),
                ("granted_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("expires_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("refresh_expires_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("refused_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("refusal", models.CharField(blank=True, editable=False, max_length=500)),
                (
                    "account",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="consent", to="mail.account"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Unwanted",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("place", models.CharField(max_length=750)),
                ("uidl", models.CharField(max_length=100)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="unwanted", to="mail.account"
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="unwanted",
            constraint=models.UniqueConstraint(fields=("account", "place", "uidl"), name="each_unwanted_message_once"),
        ),
        migrations.AddField(
            model_name="incoming",
            name="uidl",
            field=models.CharField(blank=True, db_default="", default="", max_length=100),
        ),
        migrations.AlterField(
            model_name="incoming", name="source", field=models.CharField(choices=SOURCES, max_length=4)
        ),
    ]
