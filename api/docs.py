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
    }
    return render(request, "api/docs.html", context)


def _operations(described: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for path, methods in described["paths"].items():
        for method in METHODS:
            if method in methods:
                yield {"method": method.upper(), "path": path, **_operation(methods[method])}


def _operation(operation: dict[str, Any]) -> dict[str, Any]:
    status, answer = next(iter(operation["responses"].items()))
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
        "status": status,
        "gives": _type(next(iter(answer.get("content", {}).values()), {}).get("schema", {})),
    }


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
