"""What monitoring systems post, read into one form. Pure; whatever comes is bounded, nothing of it is believed.

Prometheus Alertmanager (version 4) and Grafana post lists of alerts; Icinga, Nagios and Zabbix one at a time, by the
commands that the page of the source shows; for other programs the source says where in their JSON things are.
"""

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from django.utils.translation import gettext as _

from automation.models import AlertSource
from core.text import clean_line, strip_nul

MAX_BYTES = 1024 * 1024
MAX_DEPTH = 20
MAX_ALERTS = 1_000
MAX_TITLE, MAX_TEXT, MAX_LINK, MAX_LINES = 200, 10_000, 1_000, 60
FINGERPRINT = 128
FIRING, RESOLVED, REMARK = "firing", "resolved", "remark"
SEVERITIES = ("critical", "high", "warning", "info")
# Where things are in the JSON of another program, unless the source says otherwise.
USUAL = {"fingerprint": "fingerprint", "status": "status", "title": "title", "text": "text"} | {
    "severity": "severity",
    "link": "link",
    "list": "",
}

Json = Mapping[str, Any]
_OVER = {"resolved", "recovery", "recovered", "ok", "up", "closed", "normal", "inactive", "done", "0", "false"}
_SEVERITY_WORDS = {
    "critical": {"critical", "disaster", "fatal", "emergency", "page", "down", "p1", "5"},
    "high": {"high", "error", "major", "unreachable", "severe", "p2", "4"},
    "warning": {"warning", "warn", "average", "medium", "minor", "unknown", "p3", "3", "2"},
    "info": {"info", "information", "informational", "low", "notice", "none", "not classified", "p4", "p5", "1", "0"},
}
_LINK = re.compile(r"https?://[^\s<>\"']{1,990}")


class Malformed(ValueError):
    """This is nothing that the source could post; the message says what is wrong, in the reader's language."""


@dataclass(frozen=True)
class Reading:
    """`status` is `FIRING`, `RESOLVED`, or `REMARK` for what changes neither, such as somebody taking notice of it."""

    fingerprint: str
    status: str
    title: str
    text: str = ""
    severity: str = ""
    link: str = ""

    def stored(self) -> dict[str, str]:
        return asdict(self)


def read(system: str, raw: bytes, mapping: Mapping[str, str]) -> list[Reading]:
    """The alerts of a post. Raises `Malformed`."""
    data = _parsed(raw)
    _refuse_deep(data)
    found = list(_READERS[system](data, mapping))
    if len(found) > MAX_ALERTS:
        raise Malformed(_("More than %(number)s alerts in one request.") % {"number": MAX_ALERTS})
    return found


def severity_of(word: Any) -> str:
    """One of `SEVERITIES`, or nothing."""
    wanted = _text(word, 40).strip().lower()
    return next((severity for severity, words in _SEVERITY_WORDS.items() if wanted in words), "")


def at(data: Any, path: str) -> Any:
    """What is at a JSON pointer ("/alerts/0/name", RFC 6901) or a path with dots; None where nothing is."""
    if path.startswith("/"):
        parts = [part.replace("~1", "/").replace("~0", "~") for part in path[1:].split("/")]
    else:
        parts = path.split(".") if path else []
    for part in parts:
        if isinstance(data, Mapping):
            data = data.get(part)
        elif isinstance(data, list):
            data = data[int(part)] if part.isascii() and part.isdecimal() and int(part[:6]) < len(data) else None
        else:
            return None
    return data


def _parsed(raw: bytes) -> Any:
    if len(raw) > MAX_BYTES:
        raise Malformed(_("The request is too large."))
    try:
        return json.loads(raw.decode(), parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise Malformed(_("The request is no valid JSON.")) from error


def _refuse(constant: str) -> None:
    raise ValueError(constant)


def _refuse_deep(data: Any) -> None:
    level: list[Any] = [data]
    for _depth in range(MAX_DEPTH):
        level = [part for whole in level for part in _parts(whole)]
        if not level:
            return
    raise Malformed(_("The JSON is nested too deeply."))


def _parts(whole: Any) -> Iterable[Any]:
    if isinstance(whole, Mapping):
        return whole.values()
    return whole if isinstance(whole, list) else ()


def _alertmanager(data: Any, _mapping: Mapping[str, str]) -> Iterable[Reading]:
    if not isinstance(data, Mapping) or not isinstance(data.get("alerts"), list):
        raise Malformed(_("There is no list “%(name)s” in the JSON.") % {"name": "alerts"})
    for alert in data["alerts"]:
        if not isinstance(alert, Mapping):
            raise Malformed(_("An alert is an object with labels and annotations."))
        yield _labelled(alert, data)


def _labelled(alert: Json, whole: Json) -> Reading:
    labels, notes = _texts(alert.get("labels")), _texts(alert.get("annotations"))
    if not labels and not alert.get("fingerprint"):
        raise Malformed(_("An alert needs labels or a fingerprint."))
    name = labels.get("alertname", "")
    where = labels.get("instance") or labels.get("host") or labels.get("job") or ""
    title = notes.get("summary") or notes.get("title") or " ".join(part for part in (name, where) if part)
    words = [notes.get("description") or notes.get("message") or "", _text(alert.get("valueString"), 500)]
    words.append("\n".join(f"{key}: {value}" for key, value in sorted(labels.items())))
    links = (alert.get(key) for key in ("dashboardURL", "panelURL", "generatorURL"))
    return _reading(
        fingerprint=_text(alert.get("fingerprint"), 1_000) or _digest(labels),
        is_over=_text(alert.get("status") or whole.get("status"), 20).lower() == RESOLVED,
        title=title or name,
        text="\n\n".join(part for part in words if part),
        severity=labels.get("severity") or labels.get("priority"),
        link=next(filter(None, links), None) or whole.get("externalURL"),
    )


def _icinga(data: Any, _mapping: Mapping[str, str]) -> Iterable[Reading]:
    """As the command of the source's page sends it; `type` is NOTIFICATIONTYPE."""
    if not isinstance(data, Mapping) or not _text(data.get("host"), 300):
        raise Malformed(_("The JSON does not say what it is about: “%(name)s” is missing.") % {"name": "host"})
    host, service = _text(data["host"], 300), _text(data.get("service"), 300)
    kind, state = _text(data.get("type"), 40).upper(), _text(data.get("state"), 20).upper()
    output = [_text(data.get(name), MAX_TEXT) for name in ("output", "long_output")]
    reading = _reading(
        fingerprint=f"{host}!{service}" if service else host,
        is_over=kind == "RECOVERY" or state in ("OK", "UP"),
        title=f"{host}: {service}" if service else host,
        text="\n\n".join(part for part in (f"{state} {output[0]}".strip(), output[1]) if part),
        severity=state,
        link=data.get("link"),
    )
    is_remark = kind not in ("", "PROBLEM", "RECOVERY")
    yield replace(reading, status=REMARK, text=f"{kind}\n\n{reading.text}") if is_remark else reading


def _zabbix(data: Any, _mapping: Mapping[str, str]) -> Iterable[Reading]:
    """As the script of the source's page sends it. A trigger stays the same each time it fires, an event does not."""
    fingerprint = ""
    if isinstance(data, Mapping):
        fingerprint = _text(data.get("trigger_id"), 100) or _text(data.get("event_id"), 100)
    if not fingerprint:
        raise Malformed(_("The JSON does not say what it is about: “%(name)s” is missing.") % {"name": "trigger_id"})
    host, name = _text(data.get("host"), 200), _text(data.get("name"), 300)
    reading = _reading(
        fingerprint=fingerprint,
        is_over=_text(data.get("value"), 20) == "0" or _text(data.get("status"), 20).upper() in ("RESOLVED", "OK"),
        title=": ".join(part for part in (host, name) if part),
        text=_text(data.get("message"), MAX_TEXT),
        severity=data.get("severity"),
        link=data.get("link"),
    )
    is_remark = _text(data.get("update"), 5) == "1"
    yield replace(reading, status=REMARK) if is_remark else reading


def _other(data: Any, mapping: Mapping[str, str]) -> Iterable[Reading]:
    places = USUAL | {key: path for key, path in mapping.items() if path}
    rows = at(data, places["list"]) if places["list"] else data
    if rows is None:
        raise Malformed(_("There is no list “%(name)s” in the JSON.") % {"name": places["list"]})
    for row in rows if isinstance(rows, list) else [rows]:
        yield _mapped(row, places)


def _mapped(row: Any, places: Mapping[str, str]) -> Reading:
    found = {name: at(row, places[name]) for name in USUAL if name != "list"}
    title = _text(found["title"], 1_000)
    fingerprint = _text(found["fingerprint"], 1_000) or title
    if not fingerprint:
        words = {"title": places["title"], "fingerprint": places["fingerprint"]}
        raise Malformed(_("There is neither “%(fingerprint)s” nor “%(title)s” in the JSON.") % words)
    return _reading(
        fingerprint=fingerprint,
        is_over=_text(found["status"], 40).strip().lower() in _OVER,
        title=title or fingerprint,
        text=_text(found["text"], MAX_TEXT),
        severity=found["severity"],
        link=found["link"],
    )


def _reading(*, fingerprint: str, is_over: bool, title: str, text: str, severity: Any, link: Any) -> Reading:
    return Reading(
        fingerprint=_short(strip_nul(fingerprint)),
        status=RESOLVED if is_over else FIRING,
        title=clean_line(title, MAX_TITLE) or clean_line(fingerprint, MAX_TITLE) or "-",
        text=_few_lines(text),
        severity=severity_of(severity),
        link=_link(link),
    )


def _texts(values: Any) -> dict[str, str]:
    if not isinstance(values, Mapping):
        return {}
    few = list(values.items())[:MAX_LINES]
    return {_text(key, 100): _text(value, 2_000) for key, value in few}


def _text(value: Any, limit: int) -> str:
    """Plain values as text; what is nested is none."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)[:limit]
    return strip_nul(value[:limit]) if isinstance(value, str) else ""


def _few_lines(text: str) -> str:
    lines = text[:MAX_TEXT].splitlines()
    return "\n".join(lines[: 3 * MAX_LINES]).strip()


def _link(value: Any) -> str:
    text = _text(value, MAX_LINK)
    return text if _LINK.fullmatch(text) else ""


def _short(text: str) -> str:
    return text if len(text) <= FINGERPRINT else hashlib.sha256(text.encode()).hexdigest()


def _digest(labels: Mapping[str, str]) -> str:
    return hashlib.sha256(json.dumps(labels, sort_keys=True).encode()).hexdigest()


_READERS: Mapping[str, Callable[[Any, Mapping[str, str]], Iterable[Reading]]] = {
    AlertSource.System.ALERTMANAGER: _alertmanager,
    AlertSource.System.GRAFANA: _alertmanager,
    AlertSource.System.ICINGA: _icinga,
    AlertSource.System.ZABBIX: _zabbix,
    AlertSource.System.OTHER: _other,
}
