"""XML of strangers, read so that it can do nothing: no document types, no entities, no other files, bounded (T69)."""

import re
from typing import Any

from django.utils.translation import gettext as _
from lxml import etree

from processes.drawing import Problem

MAX_BYTES = 1024 * 1024
MAX_DEPTH = 40
MAX_NODES = 20_000

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
BPMNDI = "http://www.omg.org/spec/BPMN/20100524/DI"
DC = "http://www.omg.org/spec/DD/20100524/DC"
DI = "http://www.omg.org/spec/DD/20100524/DI"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
OURS = "urn:helpdesk:bpmn:1"
XINCLUDE = "http://www.w3.org/2001/XInclude"

_DECLARATION = re.compile(r"\A\s*<\?xml[^>]*\?>")
_ENCODING = re.compile(rb"\A\s*<\?xml[^>]*encoding\s*=\s*[\"']([A-Za-z0-9._-]{1,40})[\"']")
_FORBIDDEN = re.compile(r"<!(DOCTYPE|ENTITY|ELEMENT|ATTLIST|NOTATION)", re.IGNORECASE)
# The only ones in which no character can hide from the look below.
_ENCODINGS = {"utf-8", "us-ascii", "ascii", "iso-8859-1", "utf-16"}

# lxml's own types say less than they know.
Node = Any


class Unreadable(ValueError):
    """This is no drawing at all, or one that is out to do harm. `problems` say what and where."""

    def __init__(self, *problems: Problem):
        super().__init__("; ".join(problem.text for problem in problems))
        self.problems = problems


def parse(source: str | bytes) -> Node:
    """The root of the document. Raises `Unreadable`; never reads another file and never asks the network."""
    text = _DECLARATION.sub("", decoded(source), count=1)
    if _FORBIDDEN.search(text):
        raise unreadable("doctype", _("The file declares a document type or entities, which drawings do not need."))
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        dtd_validation=False,
        attribute_defaults=False,
        huge_tree=False,
        remove_blank_text=False,
    )
    try:
        root = etree.fromstring(text.encode(), parser)  # noqa: S320 (all that could do harm is off or refused above)
    except (etree.XMLSyntaxError, ValueError) as error:
        words = {"error": str(error)[:200]}
        raise unreadable("xml", _("The file is no well-formed XML: %(error)s") % words) from error
    _check_size(root)
    return root


def decoded(source: str | bytes) -> str:
    """The text of a file in one of the usual encodings. Raises `Unreadable`."""
    if len(source) > MAX_BYTES:
        raise unreadable("size", _("The file is too large; %(size)s KB are allowed.") % {"size": MAX_BYTES // 1024})
    if isinstance(source, str):
        return source.removeprefix("\ufeff")
    encoding = "utf-16" if source[:2] in (b"\xff\xfe", b"\xfe\xff") else _declared(source)
    try:
        return source.decode(encoding).removeprefix("\ufeff")
    except (UnicodeDecodeError, LookupError) as error:
        raise unreadable("encoding", _("The file is not written in UTF-8.")) from error


def unreadable(code: str, text: str, element: str = "") -> Unreadable:
    return Unreadable(Problem(element, code, text))


def local(node: Node) -> str:
    """The name without its namespace; empty for comments and processing instructions."""
    return etree.QName(node).localname if isinstance(node.tag, str) else ""


def namespace(node: Node) -> str:
    return (etree.QName(node).namespace or "") if isinstance(node.tag, str) else ""


def bpmn(name: str) -> str:
    return f"{{{BPMN}}}{name}"


def ours(name: str) -> str:
    return f"{{{OURS}}}{name}"


def _declared(source: bytes) -> str:
    found = _ENCODING.match(source[:200])
    name = found[1].decode().lower() if found else "utf-8"
    if name not in _ENCODINGS:
        raise unreadable("encoding", _("The file is not written in UTF-8."))
    return name


def _check_size(root: Node) -> None:
    depth = nodes = 0
    for event, node in etree.iterwalk(root, events=("start", "end", "comment", "pi")):
        if event == "end":
            depth -= 1
            continue
        nodes += 1
        if event != "start":
            continue
        depth += 1
        if depth > MAX_DEPTH:
            raise unreadable("depth", _("The file is nested too deeply."), node.get("id") or "")
        if nodes > MAX_NODES:
            raise unreadable("size", _("The drawing has too many parts."))
        if namespace(node) == XINCLUDE:
            raise unreadable("include", _("The file wants to read another file."), node.get("id") or "")


def text_of(root: Node) -> str:
    """The file again."""
    return etree.tostring(root.getroottree(), xml_declaration=True, encoding="UTF-8").decode()
