"""The few rules of docs/architecture.md that a machine can hold."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
APPS = ("accounts", "api", "core", "helpdesk", "mail", "tickets", "web")
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
    assert places(r"\bEvent\(") == ["tickets/events.py", "tickets/models/event.py"]
    assert places(r"Event\.objects\.(create|bulk_create|get_or_create)") == []


def test_there_are_no_signals_of_ours():
    assert places(r"django\.dispatch|db\.models\.signals|@receiver") == []


def test_domain_apps_know_no_http():
    assert (
        places(r"django\.http|HttpRequest|HttpResponse|django\.shortcuts", "core", "accounts", "tickets", "mail") == []
    )


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


def _imports_ours(node: ast.AST) -> bool:
    if isinstance(node, ast.ImportFrom):
        return bool(node.level or OURS.match(node.module or ""))
    return isinstance(node, ast.Import) and any(OURS.match(alias.name) for alias in node.names)
