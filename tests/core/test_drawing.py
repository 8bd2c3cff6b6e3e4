"""Templates come out the same by the short way (core/drawing.py) as by Django's own."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.template import Context, Template, VariableDoesNotExist, engines
from django.urls import NoReverseMatch, reverse
from django.utils import translation
from django.utils.safestring import mark_safe

from core.addresses import address
from core.drawing import Fixed, QuickTemplate


class Silent(Exception):
    silent_variable_failure = True


class Thing:
    name = "a <thing>"
    safe = mark_safe("<b>safe</b>")
    items = {"key": "value", "items": "own"}

    def __str__(self):
        return "Thing & co"

    def called(self):
        return "called <"

    def needs(self, argument):
        return argument

    def quiet(self):
        raise Silent

    def changes(self):
        raise AssertionError("a template has changed something")

    changes.alters_data = True

    @property
    def missing(self):
        raise Silent


CONTEXT = {
    "thing": Thing(),
    "things": [Thing(), {"name": "of a dict"}],
    "text": "<script>&\"'",
    "safe": mark_safe("<i>"),
    "number": 1234567,
    "yes": True,
    "nothing": None,
    "float": 1234.5,
    "decimal": Decimal("12.30"),
    "at": datetime(2026, 3, 1, 12, 30, tzinfo=UTC),
    "lazy": translation.gettext_lazy("Save"),
    "function": lambda: "of a function <",
    "class": Thing,
    "empty": "",
    "dict": {"items": "own key", "1": "one"},
    "view": "desk:home",
}
SOURCES = [
    "{{ text }} {{ safe }} {{ number }} {{ yes }} {{ nothing }} {{ float }} {{ decimal }} {{ at }} {{ lazy }}",
    "{% autoescape off %}{{ text }} {{ thing }} {{ number }} {% translate 'Save' %}{% url 'desk:home' %}{% endautoescape %}",
    "{{ thing }} {{ thing.name }} {{ thing.safe }} {{ thing.called }} {{ thing.needs }}|{{ thing.changes }}|{{ thing.gone }}",
    "{{ thing.quiet }}|{{ thing.missing }}|{{ gone }}|{{ gone.further }}|{{ thing.name.further }}",
    "{{ things.0.name }} {{ things.1.name }} {{ things.2.name }}|{{ dict.items }} {{ dict.1 }} {{ dict.keys }} {{ dict.gone }}",
    "{{ thing.items.key }} {{ thing.items.items }} {{ function }} {{ class.name }} {{ text|upper }} {{ gone|default:'no' }}",
    "{% if gone %}1{% elif thing.gone %}2{% elif dict.gone == nothing %}3{% endif %}{% if not gone and number > 3 %}4{% endif %}",
    "{% for one in things %}{{ forloop.counter }}{{ one.name }}{% endfor %}{% for one in gone %}{% empty %}none{% endfor %}",
    "{% with a=thing.name b=gone %}{{ a }}{{ b }}{% endwith %}{% firstof gone empty text %}",
    "<p>{% translate 'Save' %} {% translate 'Close' context 'tickets' %} 100%% {% translate '50 %' %}{% translate text %}</p>",
    "{% translate 'Save' as word %}[{{ word }}]{% blocktranslate with name=thing.name %}Reply to {{ name }}{% endblocktranslate %}",
    "{{ _('Save') }} {% translate 'Save'|upper %} {% translate 'a & b' %}",
    "{% url 'desk:home' %} {% url 'desk:ticket' number %} {% url 'desk:ticket' 'A-1' %} {% url 'desk:ticket' number=7 %}",
    "{% url view %}{% url 'no:route' as where %}[{{ where }}]{% url 'desk:ticket' number as where %}[{{ where }}]",
    "{% icon 'reply' %}{% icon 'reply' 'icon--sm' %}{% icon text %}{% icon 'x' as sign %}[{{ sign }}]",
    "{% include 'components/skeleton.html' only %}{% include 'desk/value.html' with property=thing %}{{ property }}",
    "{% for one in things %}{% include 'components/empty.html' with title=one.name text=text %}{% endfor %}{{ title }}",
    "{% load static %}{% static 'css/base.css' %}{% static text %}{% get_static_prefix %}{{ True }}{{ None }}{{ 'a<b' }}{{ 7 }}",
]


@pytest.mark.parametrize("source", SOURCES)
def test_short_way_draws_what_django_draws(source):
    engine = engines["django"].engine
    quick, usual = QuickTemplate(source, engine=engine), Template(source, engine=engine)
    for language in ("en", "de", "en"):
        with translation.override(language):
            expected = usual.render(Context(CONTEXT))
            assert quick.render(Context(CONTEXT)) == expected
            assert quick.render(Context(CONTEXT)) == expected


def test_words_follow_the_language_of_who_reads():
    quick = QuickTemplate("<b>{% translate 'Save' %}</b>", engine=engines["django"].engine)
    with translation.override("de"):
        assert quick.render(Context()) == "<b>Speichern</b>"
    with translation.override("en"):
        assert quick.render(Context()) == "<b>Save</b>"


def test_words_follow_a_language_that_changes_on_the_way():
    engine = engines["django"].engine
    around = (
        "{% load i18n %}<b>{% translate 'Save' %}</b>{% language code %}<i>{% translate 'Save' %}</i>{% endlanguage %}"
    )
    source = f"{around}<b>{{% translate 'Save' %}}</b>"
    quick, usual, context = QuickTemplate(source, engine=engine), Template(source, engine=engine), Context()
    for reads, code in (("en", "de"), ("de", "en"), ("es", "de"), ("en", "en")):
        with translation.override(reads), context.push(code=code):
            assert quick.render(context) == usual.render(context)


def test_words_of_a_context_that_is_used_again_follow_the_language():
    engine = engines["django"].engine
    inner = QuickTemplate("<b>{% translate 'Save' %}</b>", engine=engine)
    quick, outer = inner, Template("{% include inner %}", engine=engine)
    context = Context({"inner": inner})
    for template in (quick, outer, quick):
        for language, word in (("de", "Speichern"), ("en", "Save")):
            with translation.override(language):
                assert template.render(context) == f"<b>{word}</b>"


def test_fixed_parts_are_one_node():
    quick = QuickTemplate("<b>{% translate 'Save' %}</b>{% icon 'x' %}{{ a }}<i>", engine=engines["django"].engine)
    assert [type(node).__name__ for node in quick.nodelist] == ["Fixed", "QuickVariableNode", "TextNode"]
    assert isinstance(quick.nodelist[0], Fixed)


def test_errors_are_those_of_django():
    engine = engines["django"].engine
    with pytest.raises(NoReverseMatch):
        QuickTemplate("{% url 'no:route' 1 %}", engine=engine).render(Context())
    with pytest.raises(VariableDoesNotExist):
        QuickTemplate("{% include 'components/art.html' with a=gone|add:gone.further only %}", engine=engine).render(
            Context()
        )


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("desk:home", ()),
        ("desk:ticket", ("28167",)),
        ("desk:ticket", (7,)),
        ("desk:ticket", ("2026/1",)),
        ("desk:ticket", ("ünï 1",)),
        ("desk:queue", (7,)),
        ("desk:draft", ("28167", "reply")),
        ("desk:field", ("28167", "a_key")),
    ],
)
def test_addresses_are_those_of_reverse(name, args):
    try:
        expected = reverse(name, args=args)
    except NoReverseMatch:
        with pytest.raises(NoReverseMatch):
            address(name, *args)
    else:
        assert address(name, *args) == address(name, *args) == expected


def test_what_is_no_number_is_refused_where_a_number_belongs():
    for wrong in (-1, "x", "1x", None, "²"):
        with pytest.raises(NoReverseMatch):
            address("desk:queue", wrong)
