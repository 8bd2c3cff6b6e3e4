"""The product's settings with what a test run needs: a key, fast hashing, files in a folder that goes away."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

os.environ.setdefault("HELPDESK_SECRET_KEY", "only-for-tests-" + "0" * 40)

from core.outside import networks  # noqa: E402
from helpdesk.settings import *  # noqa: E402, F403

_folder = tempfile.mkdtemp(prefix="helpdesk-tests-")
atexit.register(shutil.rmtree, _folder, ignore_errors=True)

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "core.blobs.DurableFiles", "OPTIONS": {"location": _folder}},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
HOSTS = [*HOSTS, "testserver"]  # noqa: F405
SMTP_URL = ""
MAIL_NETWORKS = networks("private")
MAIL_PARTS = Path(_folder) / "parts"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
LOGGING = {**LOGGING, "root": {"handlers": ["stderr"], "level": "WARNING"}}  # noqa: F405
