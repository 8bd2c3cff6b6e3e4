"""The description for programs and the same for people: public, and nothing in it is of this installation (T56)."""

import json
from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from api.schema import document

TAGS = (
    *("Tickets", "Articles", "People", "Knowledge base", "SLAs", "Processes", "Reports", "Choices"),
    *("Automation", "Texts", "Webhooks", "Alerts", "Mail", "Imports", "Administration", "Health"),
)
REFUSALS = {
    "400": "Something that was sent cannot be accepted: `errors` has messages by field.",
    "401": "There is no valid token.",
    "403": "The token's person has no right to it, or the token does not open it.",
    "404": "It is not there, or may not be seen.",
    "409": "It cannot be done as things are set up, other things lean on it (`leaning`), or the first request with "
    "this `Idempotency-Key` is still running.",
    "410": "This place in `changes/` belongs to another server.",
    "411": "The request does not say its length.",
    "412": "It has changed since what `If-Match` names.",
    "413": "The request is too large.",
    "415": "The request is no JSON.",
    "422": "This `Idempotency-Key` was used for another request.",
    "429": "Too many requests: `Retry-After` says when to go on.",
    "503": "Somebody else holds it, or the database does not answer: try again after `Retry-After`.",
}
METHODS = ("get", "post", "patch", "put", "delete")


@require_safe
def schema(request: HttpRequest) -> JsonResponse:
    return JsonResponse(document())


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """Every operation with what it takes and gives, then the things they speak of."""
    described = document()
    sections: dict[str, list[dict[str, Any]]] = {}
    for operation in _operations(described):
        sections.setdefault(operation["tag"], []).append(operation)
    things = [
        {"name": name, "description": _marked(thing.get("description", "")), "fields": _fields(thing)}
        for name, thing in sorted(described["components"]["schemas"].items())
        if not name.endswith("Page")
    ]
    context = {
        "sections": [{"tag": tag, "operations": sections[tag]} for tag in TAGS],
        "things": things,
        "refusals": [{"status": status, "words": _marked(words)} for status, words in REFUSALS.items()],
    }
    return render(request, "api/docs.html", context)


def _operations(described: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for path, methods in described["paths"].items():
        for method in METHODS:
            if method in methods:
                yield {"method": method.upper(), "path": path, **_operation(methods[method])}


def _operation(operation: dict[str, Any]) -> dict[str, Any]:
    content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    examples = [
        {"title": example["summary"], "text": json.dumps(example["value"], indent=2, ensure_ascii=False)}
        for example in content.get("examples", {}).values()
    ]
    return {
        "id": operation["operationId"],
        "tag": operation["tags"][0],
        "summary": operation["summary"],
        "description": _marked(operation.get("description", "")),
        "parameters": [_parameter(p) for p in operation.get("parameters", [])],
        "takes": _type(content["schema"]) if content else None,
        "examples": examples,
        "answers": list(_answers(operation["responses"])),
        "refusals": _refusals(operation),
    }


def _answers(responses: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Those of success, with what they give."""
    for status, answer in responses.items():
        if status.startswith("2"):
            schema = next(iter(answer.get("content", {}).values()), {}).get("schema")
            yield {"status": status, "gives": _type(schema) if schema else None, "words": answer["description"]}


def _refusals(operation: dict[str, Any]) -> list[str]:
    """What this operation may refuse with; what each means stands under Refusals."""
    parameters = operation.get("parameters", [])
    headers = {p["name"] for p in parameters if p["in"] == "header"}
    places = {p["in"] for p in parameters}
    takes = "requestBody" in operation
    applies = {
        "400": takes or "query" in places,
        "401": True,
        "403": True,
        "404": "path" in places,
        "409": takes or "Idempotency-Key" in headers,
        "412": "If-Match" in headers,
        "413": takes,
        "415": takes,
        "422": "Idempotency-Key" in headers,
        "429": True,
        "503": True,
    }
    return [status for status, does in applies.items() if does]


def _parameter(parameter: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": parameter["name"],
        "place": parameter["in"],
        "type": _type(parameter["schema"]),
        "required": parameter.get("required", False),
        "description": _marked(parameter.get("description", "")),
    }


def _fields(thing: dict[str, Any]) -> list[dict[str, Any]]:
    required = thing.get("required", [])
    return [
        {
            "name": name,
            "type": _type(field),
            "required": name in required,
            "description": _marked(field.get("description", "")),
        }
        for name, field in thing.get("properties", {}).items()
    ]


def _marked(text: str) -> SafeString:
    """What stands in backticks is code."""
    pieces = enumerate(text.split("`"))
    shown = ((format_html('<code class="mono">{}</code>', piece) if place % 2 else piece,) for place, piece in pieces)
    return format_html_join("", "{}", shown)


def _type(schema: dict[str, Any]) -> dict[str, Any]:
    """A schema in a few words, and the name of the thing it is about when it is about one of ours."""
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[-1]
        return {"words": name, "thing": name.removesuffix("Page")}
    if "oneOf" in schema:
        kinds = [_type(kind) for kind in schema["oneOf"]]
        thing = next((kind["thing"] for kind in kinds if kind["thing"]), None)
        return {"words": " or ".join(kind["words"] for kind in kinds), "thing": thing}
    if schema.get("type") == "array":
        inner = _type(schema["items"])
        return {"words": f"list of {inner['words']}", "thing": inner["thing"]}
    if "enum" in schema:
        return {"words": " | ".join(schema["enum"]), "thing": None}
    kinds = schema.get("type", "anything")
    words = " or ".join(kinds) if isinstance(kinds, list) else kinds
    form = schema.get("format") or schema.get("contentEncoding")
    return {"words": f"{words} ({form})" if form else words, "thing": None}
