"""The applications, and how their pages come about: middleware, templates, languages, static files."""

import os
from pathlib import Path

from helpdesk.settings.place import BASE_DIR, DATA_DIR, IS_SECURE

INSTALLED_APPS = [
    "helpdesk",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "django.forms",
    "template_partials",
    "django_htmx",
    "csp",
    "guardian",
    "allauth",
    "allauth.account",
    "rest_framework",
    "drf_spectacular",
    "django_filters",
    "core",
    "accounts",
    "tickets",
    "mail",
    "sla",
    "knowledge",
    "automation",
    "reports",
    "processes",
    "imports",
    "web.common",
    "web.desk",
    "web.portal",
    "web.setup",
    "api",
]

MIDDLEWARE = [
    "web.common.middleware.RequestId",
    "helpdesk.operation.requests.Measure",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "web.common.brands.BrandOfHost",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "web.common.middleware.Language",
    "web.common.middleware.Common",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "web.common.middleware.PersonSettings",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "web.common.withheld.AnswerWithheld",
]

ROOT_URLCONF = "helpdesk.urls"
WSGI_APPLICATION = "helpdesk.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "template_partials.loader.Loader",
                    [
                        (
                            "core.drawing.Loader",
                            [
                                "django.template.loaders.filesystem.Loader",
                                "django.template.loaders.app_directories.Loader",
                            ],
                        ),
                    ],
                ),
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "web.common.context.site",
                "web.portal.context.portal",
            ],
            "builtins": ["django.templatetags.i18n", "web.common.templatetags.ui"],
        },
    },
]

# Controls of forms are drawn by the same engine.
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# ---- languages --------------------------------------------------------------------------------

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("es", "Español"), ("pt", "Português"), ("de", "Deutsch")]
FORMAT_MODULE_PATH = "helpdesk.formats"
LOCALE_PATHS = [BASE_DIR / "locale"]
LANGUAGE_COOKIE_NAME = "__Host-language" if IS_SECURE else "language"
USE_I18N = True
USE_TZ = True
# For people who never chose a zone.
TIME_ZONE = os.environ.get("HELPDESK_TIME_ZONE") or "UTC"

# ---- files ------------------------------------------------------------------------------------

STATIC_URL = "static/"
STATIC_ROOT = Path(os.environ.get("HELPDESK_STATIC") or DATA_DIR / "static").resolve()
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "core.blobs.DurableFiles", "OPTIONS": {"location": str(DATA_DIR / "files")}},
    "staticfiles": {"BACKEND": "servestatic.storage.CompressedManifestStaticFilesStorage"},
}
