"""The certificate of the mail receiver: read at the start, and again when its file is another one (renewals)."""

import logging
import ssl
from pathlib import Path

from django.conf import settings

log = logging.getLogger(__name__)


class Certificate:
    """`context()` for each connection; None when no certificate is set up, so that STARTTLS is not offered.

    Raises `OSError` when the files cannot be used at the start; later the one from before is kept.
    """

    def __init__(self) -> None:
        self._context: ssl.SSLContext | None = None
        self._read_at = 0.0
        if settings.MAIL_CERTIFICATE:
            self._read()

    def context(self) -> ssl.SSLContext | None:
        if self._context is not None:
            try:
                if _changed_at() != self._read_at:
                    self._read()
            except OSError:  # among them errors of TLS
                log.exception("the new certificate cannot be used, the one from before is")
        return self._context

    def _read(self) -> None:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self._read_at = _changed_at()
        context.load_cert_chain(settings.MAIL_CERTIFICATE, settings.MAIL_CERTIFICATE_KEY)
        self._context = context


def _changed_at() -> float:
    return max(Path(name).stat().st_mtime for name in (settings.MAIL_CERTIFICATE, settings.MAIL_CERTIFICATE_KEY))
