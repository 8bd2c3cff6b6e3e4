"""Whether a page closes what it opens: browsers mend what does not, each in its way."""

from html.parser import HTMLParser

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


class _Nesting(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.opened: list[tuple[str, int]] = []
        self.wrong: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _value in attrs]
        if twice := {name for name in names if names.count(name) > 1}:
            self.wrong.append(f"<{tag}> in line {self.getpos()[0]} has two of {', '.join(sorted(twice))}")
        if tag not in VOID:
            self.opened.append((tag, self.getpos()[0]))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Shapes of a drawing close themselves."""

    def handle_endtag(self, tag: str) -> None:
        last, line = self.opened.pop() if self.opened else ("", 0)
        if last != tag:
            self.wrong.append(f"</{tag}> in line {self.getpos()[0]} ends <{last}> of line {line}")


def misnested(page: str) -> list[str]:
    """What is closed in the wrong order, never, or twice; the first one tells most."""
    nesting = _Nesting()
    nesting.feed(page)
    nesting.close()
    return [*nesting.wrong, *(f"<{tag}> of line {line} is never closed" for tag, line in nesting.opened)]
