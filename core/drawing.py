"""Templates that are drawn with less work, and come out the same as Django draws them.

What depends on nothing but the language (text, translated words, icons, addresses of fixed pages) is put together with
its neighbours when a template is read, and drawn once for each language. Variables (core/drawing_values.py) and
links take a short way where their values are of the usual kinds, and Django's own way in all other cases. The loader
stands in settings.TEMPLATES.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from typing import Any

from django.conf import settings
from django.template import TemplateDoesNotExist
from django.template.base import (
    FilterExpression,
    Lexer,
    Node,
    NodeList,
    Origin,
    Parser,
    Template,
    TextNode,
    Token,
    VariableNode,
    render_value_in_context,
)
from django.template.context import Context
from django.template.defaulttags import URLNode
from django.template.library import SimpleNode
from django.template.loader_tags import IncludeNode
from django.template.loaders import cached
from django.template.loaders.base import Loader as BaseLoader
from django.templatetags.i18n import LanguageNode, TranslateNode
from django.templatetags.static import StaticNode
from django.urls import NoReverseMatch
from django.utils.safestring import SafeString
from django.utils.translation import get_language, override

from core.addresses import address
from core.drawing_values import QuickExpression

# The language of who reads, found out where a template begins and where `language` changes it: asking for it costs more
# than most of what is fixed.
_LANGUAGE = "drawing.language"


# ---- reading ----------------------------------------------------------------------------------


class _Compiling(BaseLoader):
    """Makes our templates of the files that the loaders find."""

    def get_template(self, template_name: str, skip: list[Origin] | None = None) -> Template:
        tried = []
        for origin in self.get_template_sources(template_name):
            if skip is not None and origin in skip:
                tried.append((origin, "Skipped to avoid recursion"))
                continue
            try:
                contents = origin.loader.get_contents(origin)  # type: ignore[union-attr]
            except TemplateDoesNotExist:
                tried.append((origin, "Source does not exist"))
            else:
                return QuickTemplate(contents, origin, template_name, self.engine)
        raise TemplateDoesNotExist(template_name, tried=tried)


class Loader(cached.Loader, _Compiling):
    """Django's cached loader, which asks `_Compiling` for what it does not have yet."""


class QuickTemplate(Template):
    def compile_nodelist(self) -> NodeList:
        if self.engine.debug:
            return super().compile_nodelist()
        engine = self.engine
        tokens = Lexer(self.source).tokenize()
        parser = QuickParser(tokens, engine.template_libraries, engine.template_builtins, self.origin)
        nodelist = parser.parse()
        self.extra_data = parser.extra_data
        return nodelist

    def render(self, context: Context) -> SafeString:
        with _language_of(context):
            return super().render(context)


class QuickParser(Parser):
    def compile_filter(self, token: str) -> FilterExpression:
        return QuickExpression(token, self)

    def extend_nodelist(self, nodelist: NodeList, node: Node, token: Token) -> None:
        node = _quick(node)
        super().extend_nodelist(nodelist, node, token)
        if not _is_fixed(node) or len(nodelist) < 2:
            return
        before = nodelist[-2]
        if isinstance(before, Fixed):
            before.parts.append(nodelist.pop())
        elif _is_fixed(before):
            joined = Fixed([before, node])
            joined.token, joined.origin = before.token, before.origin
            nodelist[-2:] = [joined]


def _quick(node: Node) -> Node:
    if type(node) is VariableNode:
        return QuickVariableNode(node.filter_expression)
    if type(node) is LanguageNode:
        return QuickLanguageNode(node.nodelist, node.language)
    if type(node) is URLNode and not node.kwargs and _is_constant(node.view_name):
        return QuickURLNode(node.view_name, node.args, node.kwargs, node.asvar)
    if type(node) is IncludeNode and _is_constant(node.template) and not str(node.template.var).startswith("."):
        return QuickIncludeNode(node.template, extra_context=node.extra_context, isolated_context=node.isolated_context)
    if _is_fixed(node) and not isinstance(node, TextNode):
        return Fixed([node])
    return node


def _is_fixed(node: Node) -> bool:
    """Whether nothing but the language decides what it draws."""
    match node:
        case TextNode() | Fixed():
            return True
        case TranslateNode():
            context = node.message_context
            return node.asvar is None and _is_literal(node.filter_expression) and (not context or _is_constant(context))
        case StaticNode():
            return node.varname is None and _is_constant(node.path)
        case URLNode():
            return node.asvar is None and not node.kwargs and not node.args and _is_constant(node.view_name)
        case SimpleNode():
            given = [*node.args, *node.kwargs.values()]
            is_drawn_alone = getattr(node.func, "is_drawn_alone", False) and not node.takes_context
            return is_drawn_alone and node.target_var is None and all(_is_constant(one) for one in given)
    return False


def _is_constant(expression: FilterExpression) -> bool:
    return not expression.is_var and not expression.filters


def _is_literal(expression: FilterExpression) -> bool:
    """The words of `translate`, which it has made a variable of already."""
    return not expression.filters and (not expression.is_var or expression.var.lookups is None)


# ---- drawing ----------------------------------------------------------------------------------


@contextmanager
def _language_of(context: Context) -> Iterator[None]:
    """What is drawn here is drawn in the language that is active now."""
    page: Any = context.render_context.dicts[0]
    outer, page[_LANGUAGE] = page.get(_LANGUAGE), get_language()
    try:
        yield
    finally:
        page[_LANGUAGE] = outer


class Fixed(Node):
    """Parts that follow each other and depend on nothing but the language."""

    child_nodelists = ()

    def __init__(self, parts: list[Node]) -> None:
        self.parts = parts
        self.drawn: dict[str | None, str] = {}

    def render(self, context: Context) -> str:
        language = context.render_context.dicts[0].get(_LANGUAGE) or get_language()
        drawn = self.drawn.get(language)
        if drawn is None or not context.autoescape:
            drawn = SafeString("".join(str(part.render_annotated(context)) for part in self.parts))
            if context.autoescape:
                self.drawn[language] = drawn
        return drawn

    def __iter__(self) -> Iterator[Node]:
        return iter(self.parts)


class QuickLanguageNode(LanguageNode):
    def render(self, context: Context) -> str:
        with override(self.language.resolve(context)), _language_of(context):
            return self.nodelist.render(context)


class QuickVariableNode(VariableNode):
    def render(self, context: Context) -> str:
        try:
            value = self.filter_expression.resolve(context)
        except UnicodeDecodeError:
            return ""
        kind = type(value)
        if kind is SafeString:
            return value
        if kind is str:
            return SafeString(escape(value)) if context.autoescape else value
        if kind is int and not settings.USE_THOUSAND_SEPARATOR:
            return str(value)
        return render_value_in_context(value, context)


class QuickURLNode(URLNode):
    """`{% url %}` of a fixed name. No application of ours stands at two addresses: the current one does not matter."""

    def render(self, context: Context) -> str:
        try:
            url = address(self.view_name.var, *(arg.resolve(context) for arg in self.args))
        except NoReverseMatch:
            if self.asvar is None:
                raise
            url = ""
        if self.asvar:
            context[self.asvar] = url
            return ""
        return SafeString(escape(url)) if context.autoescape else url


class QuickIncludeNode(IncludeNode):
    """`{% include %}` of a fixed template, which is looked for once."""

    found: Template | None = None

    def render(self, context: Context) -> SafeString:
        if self.found is None:
            self.found = context.template.engine.get_template(self.template.var)  # type: ignore[union-attr]
        values = {name: value.resolve(context) for name, value in self.extra_context.items()}
        if self.isolated_context:
            return _render(self.found, context.new(values))
        context.dicts.append(values)
        try:
            return _render(self.found, context)
        finally:
            context.dicts.pop()


def _render(template: Template, context: Context) -> SafeString:
    """As `Template.render` within another one."""
    page = context.render_context
    outer, page.template = page.template, template
    page.dicts.append({})
    try:
        return template._render(context)  # type: ignore[attr-defined]
    finally:
        page.dicts.pop()
        page.template = outer
