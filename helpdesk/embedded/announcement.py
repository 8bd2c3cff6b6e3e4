"""What `bin/run` prints when it is ready."""

import shlex

from helpdesk.embedded.environment import mail_ports
from helpdesk.embedded.places import DEFAULT_DATA, Places

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


FIRST_PERSON = """
Nobody can set things up yet. Make the first administrator in another terminal, here:
  {command}
It asks for an email address, a name and a password; with these you sign in at the address above.
"""


def announce(places: Places, *, url: str, people: str) -> None:
    """On stdout, unlike every other message: this is what the command was started for. `people` is who can sign in."""
    mail_host, smtp, lmtp = mail_ports()
    print(
        READY.format(url=url.rstrip("/"), people=people, mail_host=mail_host, smtp=smtp, lmtp=lmtp, data=places.data),
        flush=True,
    )


def first_person(places: Places) -> str:
    """How the first administrator is made of an installation that has none."""
    elsewhere = "" if places.data == DEFAULT_DATA else f"HELPDESK_DATA={shlex.quote(str(places.data))} "
    return FIRST_PERSON.format(command=f"{elsewhere}bin/manage createsuperuser")
