"""Where this installation is: its folders, its address, its key."""

import os
from pathlib import Path
from urllib.parse import urlsplit

BASE_DIR = Path(__file__).resolve().parent.parent.parent
DATA_DIR = Path(os.environ.get("HELPDESK_DATA", BASE_DIR / ".data")).resolve()
BASE_URL = os.environ.get("HELPDESK_BASE_URL", "http://127.0.0.1:8000").rstrip("/")
SITE_NAME = "Helpdesk"
IS_SECURE = BASE_URL.startswith("https://")

DEBUG = False
SECRET_KEY = os.environ.get("HELPDESK_SECRET_KEY", "")
HOSTS = [urlsplit(BASE_URL).hostname or "127.0.0.1", "127.0.0.1", "localhost", "[::1]"]
# Names under which machines ask (health checks, monitoring); no link ever carries them.
HOSTS += os.environ.get("HELPDESK_HOSTS", "").split()
# Brands have host names, too, which are rows: web.common.brands.BrandOfHost refuses all others.
ALLOWED_HOSTS = ["*"]
CSRF_TRUSTED_ORIGINS = [BASE_URL]
