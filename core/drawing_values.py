"""What templates name, looked up the short way: a name, then keys and attributes, the usual kinds first."""

from typing import Any

from django.template.base import FilterExpression, Parser, Variable, VariableDoesNotExist
from django.template.context import Context, RequestContext

_CONTEXTS = (RequestContext, Context)


class QuickExpression(FilterExpression):
    def __init__(self, token: str, parser: Parser) -> None:
        super().__init__(token, parser)
        if type(self.var) is Variable and self.var.lookups is not None and not self.var.translate:
            self.var = QuickVariable(str(self.var.var))

    def resolve(self, context: Context, ignore_failures: bool = False) -> Any:  # noqa: FBT001, FBT002 - Django's way
        if self.filters or type(self.var) is not QuickVariable:
            return super().resolve(context, ignore_failures)
        try:
            return self.var.resolve(context)
        except VariableDoesNotExist:
            return None if ignore_failures else super().resolve(context)


class QuickVariable(Variable):
    """A name in the context, then keys and attributes. Whatever goes wrong is left to Django, which begins anew."""

    def __init__(self, var: str) -> None:
        super().__init__(var)
        self.names = self.lookups or ()

    def resolve(self, context: Any) -> Any:
        if self.translate or type(context) not in _CONTEXTS:
            return super().resolve(context)
        value = self._first(context)
        try:
            if callable(value):
                value = _called(value)
            for name in self.names[1:]:
                value = _part(value, name)
                if callable(value):
                    value = _called(value)
        except VariableDoesNotExist:
            raise
        except Exception:  # noqa: BLE001 - it is raised again there, or known to be silent
            return super().resolve(context)
        return value

    def _first(self, context: Context) -> Any:
        name = self.names[0]
        for known in reversed(context.dicts):
            if name in known:
                return known[name]
        raise VariableDoesNotExist("Failed lookup for key [%s] in %r", (name, context))


def _part(value: Any, name: str) -> Any:
    kind = type(value)
    if kind is dict:
        if name in value:
            return value[name]
        if not hasattr(dict, name) and not name.isdecimal():
            raise VariableDoesNotExist("Failed lookup for key [%s] in %r", (name, value))
    if hasattr(kind, "__getitem__"):
        try:
            return value[name]
        except (TypeError, AttributeError, KeyError, ValueError, IndexError):
            pass  # Django looks for keys first, too
    return getattr(value, name)


def _called(value: Any) -> Any:
    if getattr(value, "do_not_call_in_templates", False):
        return value
    if getattr(value, "alters_data", False):
        raise TypeError("Templates change nothing.")
    return value()
