"""Sources of alerts for tests, and what they post."""

import json
from typing import Any

from automation.alert_posts import accept, process
from automation.alert_sources import save_source
from automation.models import AlertPost, AlertSource
from tickets.models import Priority


def source(world, **fields) -> tuple[AlertSource, str]:
    facts = {"name": "Prometheus", "queue": world.support, "customer": world.dana, **fields}
    facts.setdefault("priorities", {"critical": Priority.objects.get(level=5).pk})
    row = AlertSource(**facts)
    return row, save_source(row, by=world.alex)


def firing(number: int = 1, *, status: str = "firing", severity: str = "critical", text: str = "It burns.") -> dict:
    return {
        "status": status,
        "labels": {"alertname": "Burns", "instance": f"web{number}", "severity": severity},
        "annotations": {"summary": f"web{number} burns", "description": text},
        "startsAt": "2026-11-21T09:00:00Z",
        "endsAt": "0001-01-01T00:00:00Z",
        "generatorURL": "http://prometheus.example/graph?g0",
        "fingerprint": f"f{number}",
    }


def group(*alerts: dict, status: str = "firing") -> dict[str, Any]:
    return {
        "version": "4",
        "groupKey": '{}:{alertname="Burns"}',
        "status": status,
        "receiver": "helpdesk",
        "groupLabels": {},
        "commonLabels": {},
        "commonAnnotations": {},
        "externalURL": "http://alertmanager.example",
        "alerts": list(alerts),
    }


def raw(data: Any) -> bytes:
    return json.dumps(data).encode()


def posted(row: AlertSource, *alerts: dict) -> list[str]:
    """Stored and worked at; what came of each alert."""
    accept(row, raw(group(*alerts)))
    post = AlertPost.objects.latest("pk")
    process(post.pk)
    post.refresh_from_db()
    return [one["outcome"] for one in post.outcomes]
