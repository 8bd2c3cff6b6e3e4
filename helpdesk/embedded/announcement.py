"""What `bin/run` prints when it is ready."""

from helpdesk.embedded.environment import mail_ports
from helpdesk.embedded.places import Places

READY = """
Helpdesk is ready: {url}/
{people}
Mail is received at {mail_host}, port {smtp} (SMTP) and {lmtp} (LMTP).
Data and logs are kept in {data}
Ctrl-C stops everything.
"""
DEMO_PEOPLE = """
Demo people, all with the password "demo":
  alex@demo.example    administrator
  bea@demo.example     agent in Support and Billing
  carlos@demo.example  agent in Support
  dana@acme.example    customer of Acme
  erik@globex.example  customer of Globex
"""


def announce(places: Places, *, url: str, demo: bool) -> None:
    """On stdout, unlike every other message: this is what the command was started for."""
    mail_host, smtp, lmtp = mail_ports()
    people = DEMO_PEOPLE if demo else ""
    print(
        READY.format(url=url.rstrip("/"), people=people, mail_host=mail_host, smtp=smtp, lmtp=lmtp, data=places.data),
        flush=True,
    )
