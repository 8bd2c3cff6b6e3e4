"""Is a message from whom it says? What the last server of ours found out about it (RFC 8601). Pure.

Anybody can write such a header. So only those count that bear the configured name and stand above the first line that
somebody else has written: every server puts its lines on top (T28).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from core.text import ascii_domain

MAX_VALUE = 16 * 1024
MAX_RESULTS = 40
# Exchange Online and outlook.com put no name before their results, against RFC 8601. No name of a server has a blank.
MICROSOFT = "Microsoft 365"
PASS, FAIL, NONE = "pass", "fail", "none"

_TOKEN = re.compile(r'\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;="()]+))', re.DOTALL)
_RESULT = re.compile(r"([a-z0-9-]+)(?:/\d+)?\s*=\s*([a-z]+)")
_PROPERTY = re.compile(r'\b(header|smtp|policy|body)\.([a-z-]+)\s*=\s*(?:"([^"]*)"|([^\s;]+))')
# The domain asks for nothing when its mail fails: `(p=none`, Microsoft's `action=none`, and two more ways to say so.
_NO_POLICY = re.compile(
    r'\bdmarc\s*=\s*fail\b[^;"]*?(?:\(\s*p=none\b|\(policy=none\)|\baction=none\b|\bpolicy\.[a-z-]*policy=none\b)',
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Hop:
    """Which server is believed: its name in the header, and how many Received lines from the top are of our own.

    `is_below`: it puts its result below its own Received line, so that no line of ours stands between the result and
    what the sender has written. Then only the topmost counts, and that server must remove results in its own name.
    """

    server: str
    hops: int = 1
    is_below: bool = False


@dataclass(frozen=True)
class Result:
    """One method and its verdict, such as `dmarc`, `pass`, with the properties it is about."""

    method: str
    verdict: str
    properties: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Authentication:
    """`verdict` is pass, fail or none; `by` names the method that settles it. `server` is empty: nobody was asked."""

    verdict: str = NONE
    by: str = ""
    server: str = ""
    results: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_checked(self) -> bool:
        return bool(self.server)

    @property
    def passed(self) -> bool:
        return self.verdict == PASS

    @property
    def failed(self) -> bool:
        return self.verdict == FAIL


def authenticate(
    headers: Sequence[tuple[str, str]], hop: Hop | None, *, from_address: str, ambiguous: bool
) -> Authentication:
    """What the believed server says about the address in From. One that can be read in two ways is never proven."""
    if hop is None or not hop.server:
        return Authentication()
    values = trusted_values(headers, hop)
    results = [result for value in values for result in read_results(value)[1]]
    told = {result.method: result.verdict for result in reversed(results)}
    verdict, by = _verdict(results, _domain(from_address))
    if ambiguous and verdict == PASS:
        verdict, by = NONE, ""
    return Authentication(verdict, by, hop.server, told)


def trusted_values(headers: Sequence[tuple[str, str]], hop: Hop) -> list[str]:
    """The results that the server has written itself: those in its name, above what came from outside."""
    found: list[str] = []
    received = 0
    for name, value in headers:
        key = name.lower()
        if key == "received":
            received += 1
            if received > hop.hops:
                break
        elif key == "authentication-results" and _is_of(value, hop) and (hop.is_below or received < hop.hops):
            found.append(value)
    return found[:1] if hop.is_below else found


def names_seen(headers: Sequence[tuple[str, str]]) -> list[tuple[str, int]]:
    """Which servers have left results, and how many Received lines stand above each: for whoever sets this up."""
    found, received = [], 0
    for name, value in headers[:2_000]:
        if name.lower() == "received":
            received += 1
        elif name.lower() == "authentication-results":
            server, results = read_results(value)
            if server or results:
                found.append((server or MICROSOFT, received))
    return found[:20]


def read_results(value: str) -> tuple[str, list[Result]]:
    """The name of the server, empty where it gives none, and its results; what cannot be read is left out."""
    value = value[:MAX_VALUE]
    first, *others = _without_comments(value).split(";")
    match = _TOKEN.match(first)
    server = (match[1] or match[2] or "").strip().lower() if match else ""
    if _RESULT.match(first.strip().lower()):
        server, others = "", [first, *others]
    results = []
    for part in others[:MAX_RESULTS]:
        part = part.strip().lower()
        if result := _RESULT.match(part):
            properties = {f"{kind}.{name}": quoted or plain for kind, name, quoted, plain in _PROPERTY.findall(part)}
            if (result[1], result[2]) == ("dmarc", FAIL) and _NO_POLICY.search(value):
                properties["policy.p"] = NONE
            results.append(Result(result[1], result[2], properties))
    return server, results


def _is_of(value: str, hop: Hop) -> bool:
    server, results = read_results(value)
    if hop.server == MICROSOFT:
        return not server and bool(results)
    return bool(server) and server == hop.server.strip().lower()


def _verdict(results: Sequence[Result], domain: str) -> tuple[str, str]:
    """DMARC settles it. Without it a signature or a sender policy counts, but only of the very domain in From.

    A domain that asks for nothing when its mail fails has not said that such mail is forged: forwarding does that, too.
    """
    dmarc = [result for result in results if result.method == "dmarc"]
    if failed := [result for result in dmarc if result.verdict == FAIL]:
        is_asked_for = any(result.properties.get("policy.p") != NONE for result in failed)
        return (FAIL, "DMARC") if is_asked_for else (NONE, "")
    if not domain:
        return NONE, ""
    for result in dmarc:
        if result.verdict == PASS and _about(result, "header.from") in ("", domain):
            return PASS, "DMARC"
    for result in results:
        if result.method == "dkim" and result.verdict == PASS and _signer(result) == domain:
            return PASS, "DKIM"
    for result in results:
        if result.method == "spf" and result.verdict == PASS and _about(result, "smtp.mailfrom") == domain:
            return PASS, "SPF"
    return NONE, ""


def _signer(result: Result) -> str:
    return _about(result, "header.d") or _about(result, "header.i")


def _about(result: Result, name: str) -> str:
    return _domain(result.properties.get(name, ""))


def _domain(address: str) -> str:
    return ascii_domain(address.rpartition("@")[2].strip("<>[] "))


def _without_comments(value: str) -> str:
    """Comments may be nested and hold anything, semicolons included; quoted text is left as it is."""
    kept: list[str] = []
    depth, quoted, skip = 0, False, False
    for char in value:
        if skip:
            skip = False
        elif char == "\\":
            skip = True
        elif char == '"' and not depth:
            quoted = not quoted
        elif char == "(" and not quoted:
            depth += 1
            continue
        elif char == ")" and depth and not quoted:
            depth -= 1
            continue
        if not depth:
            kept.append(char)
    return "".join(kept)
