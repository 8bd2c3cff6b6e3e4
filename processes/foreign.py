"""What other tools write into a drawing that would be code with them: named, so that nobody thinks that it runs here.

Everything else of theirs (colours, form keys, version tags) stays in the XML and means nothing here.
"""

from collections.abc import Iterator

from django.utils.translation import gettext as _
from lxml import etree

from processes.xml import BPMN, BPMNDI, DC, DI, OURS, XSI, Node, local, namespace

_KNOWN = {"", BPMN, BPMNDI, DC, DI, XSI, OURS, "http://www.w3.org/XML/1998/namespace"}
# Camunda 7 and 8, Flowable, Activiti, jBPM and SpiffWorkflow: what makes a step call something.
_CALLS = frozenset(
    {
        "class",
        "delegateExpression",
        "expression",
        "decisionRef",
        "topic",
        "taskName",
        "resource",
        "scriptFormat",
        "onEntry-script",
        "onExit-script",
        "executionListener",
        "taskListener",
        "listener",
        "executionListeners",
        "taskListeners",
        "connector",
        "script",
        "taskDefinition",
        "calledDecision",
        "serviceTaskOperator",
        "serviceTaskExtensions",
        "preScript",
        "postScript",
        "inputOutput",
        "ioMapping",
        "field",
        "properties-script",
    }
)
_MARKS = ("${", "#{")


def code_in(parent: Node) -> Iterator[tuple[str, str, str]]:
    """Code, element id and sentence for each node and flow directly in this process or sub-process."""
    for node in parent:
        if namespace(node) == BPMN and node.get("id") and local(node) != "extensionElements":
            yield from code_of(node)


def code_of(node: Node) -> Iterator[tuple[str, str, str]]:
    """The same for one node; what lies inside a sub-process is not its own."""
    for name in _foreign_code(node):
        text = _("“%(name)s” is code of another program, which never runs here. Remove it.") % {"name": name}
        yield "code", node.get("id") or "", text


def _foreign_code(node: Node) -> list[str]:
    """The names of what would be code, each once."""
    found: dict[str, None] = {}
    for name, value in node.attrib.items():
        _note(found, etree.QName(name), value)
    for child in node:
        if local(child) in ("incoming", "outgoing", "documentation") or _is_step(child):
            continue
        if local(child) == "script":
            found["script"] = None
        for inner in child.iter():
            if not isinstance(inner.tag, str) or (namespace(inner) == OURS):
                continue
            if namespace(inner) not in _KNOWN and local(inner) in _CALLS:
                found[local(inner)] = None
            for name, value in inner.attrib.items():
                _note(found, etree.QName(name), value)
            if inner.text and any(mark in inner.text for mark in _MARKS) and local(inner) != "conditionExpression":
                found[local(inner)] = None
    return list(found)


def _note(found: dict[str, None], name: etree.QName, value: str) -> None:
    is_foreign = (name.namespace or "") not in _KNOWN
    if is_foreign and name.localname in _CALLS or name.localname != "name" and any(mark in value for mark in _MARKS):
        found[name.localname] = None


def _is_step(child: Node) -> bool:
    """Nodes inside a sub-process are looked at by themselves."""
    return namespace(child) == BPMN and local(child).endswith(
        ("Task", "Gateway", "Event", "Process", "Activity", "Flow")
    )
