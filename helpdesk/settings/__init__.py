"""Settings for deployment, read from the environment. Everything people may choose is a row, not a setting.

Each module is one theme; the lists that say what reacts to what are in `wiring.py`.
"""

from helpdesk.settings.api import *  # noqa: F403
from helpdesk.settings.mail import *  # noqa: F403
from helpdesk.settings.operation import *  # noqa: F403
from helpdesk.settings.pages import *  # noqa: F403
from helpdesk.settings.people import *  # noqa: F403
from helpdesk.settings.place import *  # noqa: F403
from helpdesk.settings.stores import *  # noqa: F403
from helpdesk.settings.wiring import *  # noqa: F403
from helpdesk.settings.work import *  # noqa: F403
