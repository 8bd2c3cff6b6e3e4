"""Every text people see exists in every language, with the same placeholders."""

import ast
import re

import pytest
from django.conf import settings

from helpdesk import messages
from tests.quality.test_architecture import sources

LANGUAGES = [code for code, _name in settings.LANGUAGES if code != "en"]
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\{.*?\}\}|\{%.*?%\}|\{\w+\}")


@pytest.fixture(scope="module")
def template():
    return messages.collect()


@pytest.mark.parametrize("language", ["en", *LANGUAGES])
def test_the_catalogue_is_in_step(language, template):
    """Run `bin/manage messages` when this fails."""
    catalog = messages.load(language)
    known = {(m.id, m.context) for m in catalog if m.id}
    wanted = {(m.id, m.context) for m in template if m.id}
    assert wanted - known == set()
    assert known - wanted == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_untranslated(language):
    assert messages.untranslated(messages.load(language)) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_placeholders_survive_translation(language):
    wrong = []
    for message in messages.load(language):
        for original, translation in _pairs(message):
            if translation and set(PLACEHOLDER.findall(original)) != set(PLACEHOLDER.findall(translation)):
                wrong.append((original, translation))
    assert wrong == []


@pytest.mark.parametrize("language", ["en", *LANGUAGES])
def test_a_catalogue_is_written_the_same_way_each_time_and_names_nobody(language, settings, tmp_path):
    before = messages.catalogue_path(language).read_text()
    catalog = messages.load(language)
    settings.LOCALE_PATHS = [tmp_path]
    messages.write(language, catalog)
    messages.write(language, messages.load(language))
    assert messages.catalogue_path(language).read_text() == before
    header = before.partition("\n\n")[0]
    assert '"Project-Id-Version: Helpdesk\\n"' in header
    assert "@" not in header
    assert not re.search(r"\d{4}|Babel", header)


def test_texts_are_asked_for_by_names_that_are_collected():
    assert [(name, found) for name, text in sources() if (found := _names_not_collected(text))] == []


def test_a_name_that_is_not_collected_is_found():
    assert _names_not_collected("from django.utils.translation import gettext_lazy as _lazy") == ["_lazy"]
    assert _names_not_collected("from django.utils.translation import gettext as _, get_language as language") == []


def _names_not_collected(text):
    imports = [n for n in ast.walk(ast.parse(text)) if isinstance(n, ast.ImportFrom)]
    names = [one for n in imports if n.module == "django.utils.translation" for one in n.names]
    taken = [one.asname or one.name for one in names if one.name in messages.KEYWORDS]
    return [name for name in taken if name not in messages.KEYWORDS]


def _pairs(message):
    """Plural forms may leave the number out, so only the last form is compared."""
    if not message.id:
        return []
    if isinstance(message.id, list | tuple):
        return [(message.id[-1], message.string[-1])]
    return [(message.id, message.string)]
