"""What monitoring systems post, as one form: tables of cases, and whatever else somebody may send."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from automation.alert_reading import MAX_ALERTS, MAX_BYTES, SEVERITIES, Malformed, Reading, at, read, severity_of
from tests.automation.alerts import firing, group, raw

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=20,
)


def only(system: str, data, mapping=None) -> Reading:
    (found,) = read(system, raw(data), mapping or {})
    return found


def test_alertmanager():
    found = only("alertmanager", group(firing()))
    assert (found.fingerprint, found.status, found.title, found.severity) == ("f1", "firing", "web1 burns", "critical")
    assert found.text.startswith("It burns.\n\nalertname: Burns\ninstance: web1")
    assert found.link == "http://prometheus.example/graph?g0"
    assert only("alertmanager", group(firing(status="resolved"))).status == "resolved"


def test_alertmanager_without_annotations_or_fingerprint():
    found = only("alertmanager", {"alerts": [{"labels": {"alertname": "Down", "job": "node"}}]})
    assert (found.title, len(found.fingerprint), found.severity, found.link) == ("Down node", 64, "", "")


def test_grafana_has_values_and_a_dashboard():
    alert = {**firing(), "valueString": "[ var='A' value=97 ]", "dashboardURL": "https://grafana.example/d/1"}
    found = only("grafana", {**group(alert), "orgId": 1, "state": "alerting", "title": "[FIRING:1]"})
    assert "value=97" in found.text
    assert found.link == "https://grafana.example/d/1"


@pytest.mark.parametrize(
    ("data", "fingerprint", "status", "severity"),
    [
        ({"type": "PROBLEM", "host": "db1", "service": "disk", "state": "CRITICAL"}, "db1!disk", "firing", "critical"),
        ({"type": "RECOVERY", "host": "db1", "service": "disk", "state": "OK"}, "db1!disk", "resolved", ""),
        ({"type": "PROBLEM", "host": "db1", "state": "DOWN"}, "db1", "firing", "critical"),
        ({"host": "db1", "state": "UP"}, "db1", "resolved", ""),
        ({"type": "ACKNOWLEDGEMENT", "host": "db1", "state": "DOWN"}, "db1", "remark", "critical"),
        ({"type": "FLAPPINGSTART", "host": "db1", "state": "WARNING"}, "db1", "remark", "warning"),
    ],
)
def test_icinga_and_nagios(data, fingerprint, status, severity):
    found = only("icinga", data)
    assert (found.fingerprint, found.status, found.severity) == (fingerprint, status, severity)


@pytest.mark.parametrize(
    ("data", "status", "severity"),
    [
        ({"trigger_id": 17, "value": "1", "severity": "Disaster"}, "firing", "critical"),
        ({"trigger_id": "17", "value": "0", "severity": "High"}, "resolved", "high"),
        ({"event_id": "17", "value": "1", "severity": "Average", "update": "1"}, "remark", "warning"),
        ({"event_id": "17", "status": "RESOLVED", "severity": "Not classified"}, "resolved", "info"),
    ],
)
def test_zabbix(data, status, severity):
    found = only("zabbix", {"host": "db1", "name": "Disk full", **data})
    assert (found.fingerprint, found.title, found.status, found.severity) == ("17", "db1: Disk full", status, severity)


def test_another_program_says_where_things_are():
    data = {"checks": [{"id": 5, "name": "Web", "state": {"now": "up"}, "tags": ["p1"]}, {"id": 6, "name": "Mail"}]}
    places = {"list": "/checks", "fingerprint": "id", "title": "name", "status": "state.now", "severity": "/tags/0"}
    first, second = read("other", raw(data), places)
    assert first == Reading("5", "resolved", "Web", "", "critical", "")
    assert second == Reading("6", "firing", "Mail", "", "", "")


@pytest.mark.parametrize(
    ("path", "found"),
    [("", {"a": [{"b/c": 1}]}), ("/a/0/b~1c", 1), ("a.0", {"b/c": 1}), ("a.9", None), ("/x/y", None), ("a.x", None)],
)
def test_paths(path, found):
    assert at({"a": [{"b/c": 1}]}, path) == found


def test_severities_are_known_by_many_words():
    assert [severity_of(word) for word in ("CRITICAL", "Error", "warn", "Info")] == list(SEVERITIES)
    assert severity_of("purple") == severity_of(None) == severity_of([]) == ""


@pytest.mark.parametrize(
    ("system", "content"),
    [
        ("alertmanager", b""),
        ("alertmanager", b"\xff\xfe"),
        ("alertmanager", b"[]"),
        ("alertmanager", b"{}"),
        ("alertmanager", b'{"alerts": {}}'),
        ("alertmanager", b'{"alerts": [1]}'),
        ("alertmanager", b'{"alerts": [{}]}'),
        ("alertmanager", b'{"alerts": NaN}'),
        ("grafana", b'"x"'),
        ("icinga", b"{}"),
        ("icinga", b"[]"),
        ("zabbix", b"{}"),
        ("zabbix", b"3"),
        ("other", b"{}"),
        ("other", b"[[]]"),
        ("other", b"[" * 100_000),
        ("other", b'{"title":' * 30 + b"1" + b"}" * 30),
        ("other", b'"' + b"x" * MAX_BYTES + b'"'),
        ("other", b"9" * 10_000),
    ],
)
def test_what_is_none_is_refused_with_a_sentence(system, content):
    with pytest.raises(Malformed, match=r"\w+\.$"):
        read(system, content, {})


def test_too_many_at_once_are_refused():
    with pytest.raises(Malformed):
        read("alertmanager", raw(group(*[firing(number) for number in range(MAX_ALERTS + 1)])), {})


def test_hostile_texts_are_cut_and_cleaned():
    alert = firing(text="line\n" * 20_000)
    alert["labels"] = {f"l{number}": "x" * 3_000 for number in range(200)}
    alert["annotations"]["summary"] = "two\nlines\0 and a \u202etrick"
    alert["generatorURL"] = "javascript:alert(1)"
    alert["fingerprint"] = "f" * 10_000
    found = only("alertmanager", group(alert))
    assert found.title == "two lines and a trick"
    assert (len(found.fingerprint), found.link) == (64, "")
    assert len(found.text) <= 10_000


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=JSON, system=st.sampled_from(["alertmanager", "grafana", "icinga", "zabbix", "other"]))
def test_whatever_comes_is_read_or_refused(data, system):
    try:
        found = read(system, json.dumps(data).encode(), {})
    except Malformed:
        return
    for reading in found:
        assert 0 < len(reading.fingerprint) <= 128
        assert 0 < len(reading.title) <= 200
        assert "\0" not in reading.text
