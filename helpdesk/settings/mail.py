"""Mail in and out; whom programs of ours may call."""

import os

from core import clamd
from core.outside import networks
from helpdesk.settings.place import DATA_DIR

SMTP_URL = os.environ.get("HELPDESK_SMTP_URL", "")
MAIL_HOST = os.environ.get("HELPDESK_MAIL_HOST", "127.0.0.1")
MAIL_PORT = int(os.environ.get("HELPDESK_MAIL_PORT", "2525"))
MAIL_MAX_BYTES = int(os.environ.get("HELPDESK_MAIL_MAX_BYTES", 50 * 1024 * 1024))
MAIL_SPOOL = DATA_DIR / "spool"
# Networks of one's own in which mailboxes and their sign-in servers may be; others must be public (core/outside.py).
MAIL_NETWORKS = networks(os.environ.get("HELPDESK_MAIL_NETWORKS", ""))
# Networks of one's own in which programs that are told by webhooks may be; others must be public.
WEBHOOK_NETWORKS = networks(os.environ.get("HELPDESK_WEBHOOK_NETWORKS", ""))
# A certificate with its key switches STARTTLS on at the mail receiver.
MAIL_CERTIFICATE = os.environ.get("HELPDESK_MAIL_CERTIFICATE", "")
MAIL_CERTIFICATE_KEY = os.environ.get("HELPDESK_MAIL_CERTIFICATE_KEY", "") or MAIL_CERTIFICATE
# Messages of which a part has been fetched; what is there is not fetched again.
MAIL_PARTS = DATA_DIR / "parts"
# Where letters of the house lie (links for a new password) while no mail server is configured.
MAIL_OUTBOX = DATA_DIR / "outbox"
# The virus scanner that is asked about files (tickets/scanning.py): `tcp://host:3310` or `unix:///run/clamav/clamd.ctl`;
# empty: there is none. Meanwhile, what has not been asked about is held back (`hold`) or only marked (`mark`).
SCANNER = clamd.place(os.environ.get("HELPDESK_SCANNER", ""))
SCANNER_MEANWHILE = os.environ.get("HELPDESK_SCANNER_MEANWHILE", "") or "hold"
if SCANNER_MEANWHILE not in ("hold", "mark"):
    raise ValueError(f"HELPDESK_SCANNER_MEANWHILE is {SCANNER_MEANWHILE!r}: write hold or mark")
