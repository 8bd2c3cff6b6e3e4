"""The settings of a drill's installation: the product's, and an app by which its processes fail on command."""

from helpdesk.settings import *  # noqa: F403
from helpdesk.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "helpdesk.drills.points.Points"]
