"""`bin/manage`: Django's command line in the environment of `bin/run`, against the same servers."""

import os
import sys
from contextlib import ExitStack, suppress

from helpdesk.embedded.catalogues import compile_stale_catalogues
from helpdesk.embedded.console import Trouble, finish, in_plain_words, say
from helpdesk.embedded.environment import application_environment, environment_without_servers
from helpdesk.embedded.foreground import run_in_foreground
from helpdesk.embedded.places import ROOT, Places, chosen_data_folder
from helpdesk.embedded.services import services

# What mail servers pipe their mail into, and what it may answer: taken, refused for good, try again.
PIPE = "receive_mail"
ANSWERS = (os.EX_OK, os.EX_DATAERR, os.EX_TEMPFAIL)


def main(arguments: list[str]) -> int:
    places = Places(chosen_data_folder(None))
    command = [sys.executable, str(ROOT / "manage.py"), *arguments]
    if arguments[:1] == [PIPE]:
        return _take_mail(places, command)
    compile_stale_catalogues()
    with services(places) as running:
        return run_in_foreground(command, environment=application_environment(places, running))


def _take_mail(places: Places, command: list[str]) -> int:
    """Mail is also taken without a database: the command then keeps it in files that the next start brings in.

    Whatever else ends it, a kill or a wrong argument, the mail server shall keep the message and try again.
    """
    with suppress(OSError):
        compile_stale_catalogues()
    with ExitStack() as stack:
        try:
            running = stack.enter_context(services(places))
            environment = application_environment(places, running)
        except (Trouble, OSError) as trouble:
            say(in_plain_words(trouble) if isinstance(trouble, OSError) else str(trouble))
            environment = environment_without_servers(places)
        code = run_in_foreground(command, environment=environment)
    return code if code in ANSWERS else os.EX_TEMPFAIL


if __name__ == "__main__":
    # Mail servers read the exit code of `receive_mail`: what keeps it from running is temporary, they shall try again.
    finish(main, code_for_trouble=os.EX_TEMPFAIL)
