"""T89: the audit of configuration can only grow."""

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.audit import save_audited
from accounts.models import ConfigChange, Organisation

pytestmark = pytest.mark.django_db

CHANGES = [
    "UPDATE accounts_configchange SET label = 'Another'",
    "UPDATE accounts_configchange SET after = '{}'",
    "UPDATE accounts_configchange SET at = now()",
    "DELETE FROM accounts_configchange",
]


@pytest.fixture
def line(world) -> ConfigChange:
    """A line of the audit about an organisation that was renamed."""
    organisation = Organisation(name="Nova")
    save_audited(organisation, by=world.alex)
    organisation.name = "Nova Ltd"
    save_audited(organisation, by=world.alex)
    return ConfigChange.objects.latest("pk")


def is_as_it_was(line: ConfigChange) -> bool:
    before = line.at, line.actor, line.action, line.kind, line.object_id, line.label, line.before, line.after
    now = ConfigChange.objects.get(pk=line.pk)
    return before == (now.at, now.actor, now.action, now.kind, now.object_id, now.label, now.before, now.after)


@pytest.mark.parametrize("change", CHANGES)
def test_T89_no_line_can_be_changed_or_removed(line, change):
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)
    assert is_as_it_was(line)


def test_T89_the_audit_cannot_be_emptied(line):
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE accounts_configchange ENABLE TRIGGER accounts_configchange_never_emptied")
    for table in ("accounts_configchange", "accounts_user"):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"TRUNCATE {table} CASCADE")
    assert is_as_it_was(line)


def test_the_erasure_of_a_person_replaces_what_a_line_says_and_nothing_else(line):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL helpdesk.erasure = 'on'")
        cursor.execute("UPDATE accounts_configchange SET label = 'erased', before = '{}', after = '{}'")
    assert ConfigChange.objects.get(pk=line.pk).label == "erased"
    for change in CHANGES[2:]:
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL helpdesk.erasure = 'on'")
            cursor.execute(change)
    assert ConfigChange.objects.filter(pk=line.pk).exists()
