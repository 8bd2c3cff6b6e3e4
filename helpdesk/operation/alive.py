"""`python -m helpdesk.operation.alive worker`: exit 0 while this machine's process of that kind gives signs of life.

For health checks of containers, so it loads no Django apps and starts in a moment.
"""

import os
import sys

from core import pulse

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "helpdesk.settings")

if __name__ == "__main__":
    kind = sys.argv[1].replace("-", " ")
    if kind not in pulse.KINDS:
        sys.exit(f"There is no process {kind!r}: choose from {', '.join(pulse.KINDS)}.")
    sys.exit(0 if pulse.is_alive_here(kind) else f"No sign of life from the {kind} on {pulse.node()}.")
