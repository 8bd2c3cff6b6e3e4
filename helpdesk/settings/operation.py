"""What is told of a running installation: figures and logs."""

import os

# Whoever sends it as bearer may read /metrics; without one only this machine may.
METRICS_TOKEN = os.environ.get("HELPDESK_METRICS_TOKEN", "")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"lines": {"()": "core.logs.LineFormatter"}},
    "filters": {
        "routes": {"()": "helpdesk.operation.requests.RoutesOnly"},
        "routes_instead": {"()": "helpdesk.operation.requests.RoutesInstead"},
        "brief": {"()": "helpdesk.operation.troubles.Brief"},
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "lines", "filters": ["brief"]}},
    "root": {"handlers": ["stderr"], "level": os.environ.get("HELPDESK_LOG_LEVEL", "INFO")},
    "loggers": {
        "django.security.DisallowedHost": {"level": "ERROR"},
        # The engine of processes tells of every token that moves.
        "spiff": {"level": "WARNING"},
        # Each request has its line already; what comes on top is the trace of an error.
        "django.request": {"level": "ERROR", "filters": ["routes"]},
        "django.security.csrf": {"filters": ["routes_instead"]},
    },
}
