"""What goes into the configuration of each monitoring system, ready to be copied."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from automation.models import AlertSource

UNKNOWN = "SECRET"
Text = str | Promise


@dataclass(frozen=True)
class Snippet:
    """`about` says where it belongs."""

    about: Text
    text: str


def address_of(secret: str = UNKNOWN) -> str:
    return f"{settings.BASE_URL}/api/v1/alerts/{secret}/"


def snippets(source: AlertSource, secret: str = UNKNOWN) -> Sequence[Snippet]:
    return [Snippet(about, text.replace("@ADDRESS@", address_of(secret))) for about, text in _TEXTS[source.system]]


def sample(source: AlertSource) -> str:
    """A post as this system would send it, to try the source with."""
    return json.dumps(_SAMPLES[source.system], indent=2)


_ALERTMANAGER = """\
receivers:
  - name: helpdesk
    webhook_configs:
      - url: "@ADDRESS@"
        send_resolved: true
"""
_GRAFANA = """\
apiVersion: 1
contactPoints:
  - orgId: 1
    name: helpdesk
    receivers:
      - uid: helpdesk
        type: webhook
        settings:
          url: "@ADDRESS@"
          httpMethod: POST
"""
_ICINGA_SCRIPT = """\
#!/bin/sh
# /etc/icinga2/scripts/helpdesk.sh
export HOST SERVICE STATE TYPE OUTPUT
python3 - <<'END' | curl -sS --fail --max-time 10 -H 'Content-Type: application/json' --data-binary @- '@ADDRESS@'
import json, os
names = ("host", "service", "state", "type", "output")
print(json.dumps({name: os.environ.get(name.upper(), "") for name in names}))
END
"""
_ICINGA_COMMAND = """\
object NotificationCommand "helpdesk-service" {
  command = [ ConfigDir + "/scripts/helpdesk.sh" ]
  env = {
    HOST = "$host.name$"
    SERVICE = "$service.name$"
    STATE = "$service.state$"
    TYPE = "$notification.type$"
    OUTPUT = "$service.output$"
  }
}
object NotificationCommand "helpdesk-host" {
  command = [ ConfigDir + "/scripts/helpdesk.sh" ]
  env = {
    HOST = "$host.name$"
    STATE = "$host.state$"
    TYPE = "$notification.type$"
    OUTPUT = "$host.output$"
  }
}
"""
_NAGIOS_COMMAND = """\
define command {
  command_name  helpdesk-service
  command_line  HOST="$HOSTNAME$" SERVICE="$SERVICEDESC$" STATE="$SERVICESTATE$" TYPE="$NOTIFICATIONTYPE$" \
OUTPUT="$SERVICEOUTPUT$" /usr/local/bin/helpdesk.sh
}
"""
_ZABBIX_PARAMETERS = """\
address     @ADDRESS@
trigger_id  {TRIGGER.ID}
event_id    {EVENT.ID}
value       {EVENT.VALUE}
update      {EVENT.UPDATE.STATUS}
severity    {EVENT.SEVERITY}
host        {HOST.NAME}
name        {EVENT.NAME}
message     {ALERT.MESSAGE}
link        {$ZABBIX.URL}/tr_events.php?triggerid={TRIGGER.ID}&eventid={EVENT.ID}
"""
_ZABBIX_SCRIPT = """\
var alert = JSON.parse(value);
var address = alert.address;
delete alert.address;
var request = new HttpRequest();
request.addHeader('Content-Type: application/json');
var answer = request.post(address, JSON.stringify(alert));
if (request.getStatus() != 202) {
    throw 'Helpdesk: ' + request.getStatus() + ' ' + answer;
}
return 'OK';
"""
_OTHER = """\
curl --fail --max-time 10 -H 'Content-Type: application/json' \\
  --data '{"fingerprint": "backup-db1", "status": "firing", "title": "The backup of db1 failed", "severity": "high"}' \\
  '@ADDRESS@'
"""
_TEXTS: Mapping[str, Sequence[tuple[Text, str]]] = {
    AlertSource.System.ALERTMANAGER: [(_("In alertmanager.yml"), _ALERTMANAGER)],
    AlertSource.System.GRAFANA: [
        (_("As a contact point of the type webhook with this address, or provisioned as a file"), _GRAFANA)
    ],
    AlertSource.System.ICINGA: [
        (_("The script, executable for the monitoring user; it needs curl and Python"), _ICINGA_SCRIPT),
        (_("Icinga 2: the commands, to be named in your notifications"), _ICINGA_COMMAND),
        (_("Nagios and Naemon: the command; for hosts take HOSTSTATE and HOSTOUTPUT"), _NAGIOS_COMMAND),
    ],
    AlertSource.System.ZABBIX: [
        (_("A media type of the type webhook: its parameters"), _ZABBIX_PARAMETERS),
        (_("Its script"), _ZABBIX_SCRIPT),
    ],
    AlertSource.System.OTHER: [(_("For example from a script"), _OTHER)],
}
_PROMETHEUS = {
    "version": "4",
    "status": "firing",
    "externalURL": "http://alertmanager.example:9093",
    "alerts": [
        {
            "status": "firing",
            "labels": {"alertname": "DiskFull", "instance": "db1:9100", "severity": "critical"},
            "annotations": {"summary": "The disk of db1 is full", "description": "2 % of /var are free."},
            "startsAt": "2026-11-21T09:30:00Z",
            "endsAt": "0001-01-01T00:00:00Z",
            "generatorURL": "http://prometheus.example:9090/graph",
            "fingerprint": "c0ffee0123456789",
        }
    ],
}
_SAMPLES: Mapping[str, object] = {
    AlertSource.System.ALERTMANAGER: _PROMETHEUS,
    AlertSource.System.GRAFANA: {**_PROMETHEUS, "orgId": 1, "state": "alerting"},
    AlertSource.System.ICINGA: {
        "type": "PROBLEM",
        "host": "db1",
        "service": "disk",
        "state": "CRITICAL",
        "output": "DISK CRITICAL: 2 % of /var are free",
    },
    AlertSource.System.ZABBIX: {
        "trigger_id": "17001",
        "event_id": "5001",
        "value": "1",
        "update": "0",
        "severity": "High",
        "host": "db1",
        "name": "The disk is full",
        "message": "2 % of /var are free.",
    },
    AlertSource.System.OTHER: {
        "fingerprint": "backup-db1",
        "status": "firing",
        "title": "The backup of db1 failed",
        "severity": "high",
    },
}
