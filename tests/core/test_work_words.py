"""What a failure of a work row says to people."""

import pytest

from mail.models import Outgoing


@pytest.mark.parametrize(
    ("kept", "said"),
    [
        ("TryLater: 450 4.2.0 Greylisted", "450 4.2.0 Greylisted"),
        ("TryLater: [Errno 111] Connection refused", "Connection refused"),
        ("smtplib.SMTPServerDisconnected: Connection unexpectedly closed", "Connection unexpectedly closed"),
        ("RuntimeError: <b>boom</b>: again", "<b>boom</b>: again"),
        ("ValueError: ", "ValueError: "),
        ("550 5.1.1 Error: no such user", "550 5.1.1 Error: no such user"),
        ("The server: broke off", "The server: broke off"),
        ("", ""),
    ],
)
def test_without_the_class_of_the_error(kept, said):
    assert Outgoing(last_error=kept).error_said == said
