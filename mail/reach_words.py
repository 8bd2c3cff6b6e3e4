"""What keeps us from another mail server before it has said a word, in sentences for people: the same for mailboxes and
for servers that take what we send. Pure."""

import re
from collections.abc import Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

FORBIDDEN = _(
    "%(host)s is in a network that may not be reached from here. Whoever runs this installation can allow it with "
    "HELPDESK_MAIL_NETWORKS, except for link-local addresses and those at which clouds tell secrets."
)
_UNTRUSTED = _("The certificate of %(host)s cannot be trusted.")
_SELF_SIGNED = _(
    "The certificate of %(host)s cannot be trusted: it is self-signed. Whoever runs this installation can have it "
    "trusted with SSL_CERT_FILE."
)
_UNKNOWN = _(
    "The certificate of %(host)s cannot be trusted: who issued it is not known here, or the server does not send the "
    "certificates in between. Whoever runs this installation can have an authority of its own trusted with "
    "SSL_CERT_FILE."
)
_EXPIRED = _("The certificate of %(host)s cannot be trusted: it has expired.")
_NOT_YET = _("The certificate of %(host)s cannot be trusted: it is not valid yet. Check the clocks of both machines.")
_OTHER_NAME = _(
    "The certificate of %(host)s cannot be trusted: it was issued for another name. Write the name of the server that "
    "stands in the certificate."
)
_REVOKED = _("The certificate of %(host)s cannot be trusted: it has been revoked.")

# As OpenSSL says it (X509_verify_cert_error_string); "self signed" without the dash before OpenSSL 3.
_REASONS: Sequence[tuple[re.Pattern[str], Promise]] = tuple(
    (re.compile(pattern, re.IGNORECASE), sentence)
    for pattern, sentence in (
        (r"self.signed certificate in certificate chain", _UNKNOWN),
        (r"self.signed certificate", _SELF_SIGNED),
        (r"unable to get (?:local )?issuer|unable to verify the first certificate", _UNKNOWN),
        (r"has expired", _EXPIRED),
        (r"not yet valid", _NOT_YET),
        (r"mismatch, certificate is not valid for", _OTHER_NAME),
        (r"revoked", _REVOKED),
    )
)


def is_about_trust(said: str) -> bool:
    """Whether this is the text of an `ssl.SSLCertVerificationError`."""
    return "certificate verify failed" in said.lower()


def untrusted(host: str, said: str) -> str:
    """Why the certificate of `host` is not trusted and what helps; `said` is the text of the error."""
    sentence = next((sentence for pattern, sentence in _REASONS if pattern.search(said)), _UNTRUSTED)
    return str(sentence) % {"host": host}
