"""Commands in the first lines of a mail that an agent writes: `#close`, `#owner bea@demo.example`, `#note`. Pure.

Only lines at the very top count, so that nothing quoted below is ever obeyed. Who may give them is decided elsewhere
(mail/agents.py).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

MAX_COMMANDS = 20
MAX_ARGUMENT = 200

# Each command by all its names; what OTRS and Zammad people are used to is understood, too.
NAMES = {
    "note": "note",
    "internal": "note",
    "reply": "reply",
    "public": "reply",
    "close": "close",
    "closed": "close",
    "solved": "close",
    "state": "state",
    "status": "state",
    "owner": "owner",
    "assign": "owner",
    "queue": "queue",
    "move": "queue",
    "priority": "priority",
    "tag": "tag",
    "tags": "tag",
    "customer": "customer",
    "forward": "forward",
}
# Those that say something themselves; the others need a word behind them.
ALONE = frozenset({"note", "reply", "close", "forward"})

_LINE = re.compile(r"#([A-Za-z]{2,12})(?:[ \t:]+(\S.*))?\s*\Z")


@dataclass(frozen=True)
class Command:
    name: str
    argument: str = ""

    def __str__(self) -> str:
        return f"#{self.name} {self.argument}".strip()


def read_commands(text: str) -> tuple[Sequence[Command], str]:
    """The commands at the top and the text without them. A line that is no command ends them."""
    lines = text.splitlines(keepends=True)
    commands: list[Command] = []
    position = 0
    for number, line in enumerate(lines):
        if not line.strip():
            continue
        command = _command(line.strip())
        if command is None or len(commands) >= MAX_COMMANDS:
            break
        commands.append(command)
        position = number + 1
    return (commands, "".join(lines[position:]).lstrip("\r\n")) if commands else ((), text)


def _command(line: str) -> Command | None:
    match = _LINE.match(line[: MAX_ARGUMENT + 20])
    name = NAMES.get(match[1].lower()) if match else None
    if match is None or name is None:
        return None
    argument = (match[2] or "").strip()[:MAX_ARGUMENT]
    if not argument and name not in ALONE:
        return None
    return Command(name, argument)
