"""The few rules of docs/architecture.md that a machine can hold."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOMAIN = ("core", "accounts", "tickets", "mail", "sla", "knowledge", "automation", "processes", "reports", "imports")
APPS = (*DOMAIN, "api", "helpdesk", "web")
MODULES_OF_EVENT = ("tickets.models", "tickets.models.event", "tickets.events")
OURS = re.compile(rf"^({'|'.join(APPS)})(\.|$)")


def sources(*apps: str) -> Iterator[tuple[str, str]]:
    for app in apps or APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            yield str(path.relative_to(ROOT)), path.read_text()


def places(pattern: str, *apps: str) -> list[str]:
    expression = re.compile(pattern)
    return [name for name, text in sources(*apps) if expression.search(text)]


def test_there_is_one_on_commit():
    assert places(r"\bon_commit\(") == ["core/later.py"]


def test_history_has_one_writer():
    assert [name for name, text in sources() if writes_history(text)] == ["tickets/events.py"]


@pytest.mark.parametrize(
    "text",
    [
        "from tickets.models import Event\nEvent(kind='x')",
        "from tickets.models import Article, Event as Happening\nHappening(kind='x')",
        "from tickets.models.event import Event\nEvent.objects.create(kind='x')",
        "from tickets.models import Event\nEvent.objects.filter(pk=1).update(kind='x')",
        "from tickets.models import Event\nEvent._default_manager.bulk_create([])",
        "from tickets import models\nmodels.Event(kind='x')",
        "import tickets.models\ntickets.models.Event.objects.get_or_create(kind='x')",
        "from tickets.models import event\nevent.Event(kind='x')",
    ],
)
def test_a_second_writer_of_history_is_found(text):
    assert writes_history(text)


@pytest.mark.parametrize(
    "text",
    [
        "import asyncio, threading\nasyncio.Event()\nthreading.Event()",
        "from threading import Event\nEvent()",
        "from tickets.models import Event\nEvent.objects.filter(pk=1).exists()\ndef f(event: Event): isinstance(1, Event)",
        "from tickets import models\nmodels.Ticket()",
        "class Event(Model):\n    pass",
    ],
)
def test_other_events_and_readers_are_no_writers(text):
    assert not writes_history(text)


def test_there_are_no_signals_of_ours():
    assert places(r"django\.dispatch|db\.models\.signals|@receiver") == []


def test_domain_apps_know_no_http():
    assert places(r"django\.http|HttpRequest|HttpResponse|django\.shortcuts", *DOMAIN) == []


def test_T61_nothing_unpickles():
    assert places(r"^\s*(import|from) (pickle|marshal|shelve|dill)\b|yaml\.load\(") == []


def test_imports_stand_at_the_top():
    hidden = []
    for name, text in sources():
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                hidden += [f"{name}:{n.lineno}" for n in ast.walk(node) if _imports_ours(n)]
    assert hidden == []


def test_only_the_html_module_cleans():
    assert places(r"^\s*(import|from) nh3") == [] or places(r"(?m)^\s*(import|from) nh3") == ["core/html.py"]


@pytest.mark.parametrize("word", ["xfail", "skip("])
def test_tests_are_not_switched_off(word):
    """Skips are for what the machine lacks (a browser, Dovecot), and say so through `pytest.skip` in fixtures."""
    marked = [p.name for p in (ROOT / "tests").rglob("test_*.py") if f"pytest.mark.{word}" in p.read_text()]
    assert [name for name in marked if name != "test_architecture.py"] == []


WRITES = frozenset(
    f"{prefix}{verb}"
    for prefix in ("", "a")
    for verb in ("create", "bulk_create", "get_or_create", "update_or_create", "update", "bulk_update", "delete")
)


def writes_history(text: str) -> bool:
    """Whether this module makes, changes or removes rows of `tickets.models.Event`, under whatever name it has it."""
    tree = ast.parse(text)
    names = _names_of_event(tree)
    return any(_writes(node.func, names) for node in ast.walk(tree) if isinstance(node, ast.Call))


def _names_of_event(tree: ast.AST) -> set[str]:
    """`Event`, `models.Event` and the like: how this module can write the class of the history."""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            modules = [alias for alias in node.names if alias.name in MODULES_OF_EVENT]
            names |= {f"{alias.asname or alias.name}.Event" for alias in modules}
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                here = alias.asname or alias.name
                if node.module in MODULES_OF_EVENT and alias.name == "Event":
                    names.add(here)
                elif f"{node.module}.{alias.name}" in MODULES_OF_EVENT:
                    names.add(f"{here}.Event")
    return names


def _writes(called: ast.expr, names: set[str]) -> bool:
    """`Event(...)`, or a writing method at the end of anything that begins with `Event.`"""
    if ast.unparse(called) in names:
        return True
    if not isinstance(called, ast.Attribute) or called.attr not in WRITES:
        return False
    return any(ast.unparse(called).startswith(f"{name}.") for name in names)


def _imports_ours(node: ast.AST) -> bool:
    if isinstance(node, ast.ImportFrom):
        return bool(node.level or OURS.match(node.module or ""))
    return isinstance(node, ast.Import) and any(OURS.match(alias.name) for alias in node.names)
