"""What administrators set up about notices: levels by occasion, texts, and a few figures. Forms save through here."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from django.conf import settings
from django.db import transaction

from accounts.audit import remove_audited, save_audited
from accounts.models import ConfigChange, User
from automation.models import NoticeHouse, NoticeRule, NoticeText
from automation.notices.occasions import OCCASIONS, ROLE_KEY, Level, Levels, Occasion
from core.memo import remembered

# There is one row, so that two who save at once cannot make two.
ONLY = 1


@remembered
def house() -> NoticeHouse:
    return NoticeHouse.objects.order_by("pk").first() or NoticeHouse()


def save_house(changed: NoticeHouse, *, by: User) -> None:
    changed.pk = changed.pk or ONLY
    save_audited(changed, by=by)


def levels_of(occasion: Occasion) -> Levels:
    """What holds for an occasion: the stock levels, and what administrators have set instead."""
    return merged(occasion, _rules().get(occasion.key, {}))


def known_levels(occasions: Iterable[str]) -> Mapping[str, Levels]:
    """The levels of several occasions, in one question."""
    said = _rules()
    return {key: merged(OCCASIONS[key], said.get(key, {})) for key in occasions}


def merged(occasion: Occasion, said: Levels) -> dict[str, dict[str, str]]:
    """Stock levels with those of a rule on top. What no longer fits the occasion is left out."""
    levels = occasion.stock_levels()
    for relation, by_channel in said.items():
        if relation not in levels and not relation.startswith(ROLE_KEY):
            continue
        known = {channel: level for channel, level in by_channel.items() if level in Level.values}
        off = dict.fromkeys(occasion.channels, Level.OFF.value)
        levels[relation] = {channel: known.get(channel, usual) for channel, usual in levels.get(relation, off).items()}
    return levels


def roles_told(levels: Levels) -> dict[int, str]:
    """Roles with levels of their own, by number, each with the name of its relation."""
    keys = [key for key in levels if key.startswith(ROLE_KEY)]
    return {int(number): key for key in keys if (number := key.removeprefix(ROLE_KEY)).isdecimal()}


def save_levels(occasion: Occasion, levels: Levels, *, by: User) -> ConfigChange | None:
    """Keep what differs from the stock levels; where nothing does there is no row to keep."""
    stock = occasion.stock_levels()
    said = {relation: dict(by_channel) for relation, by_channel in levels.items() if by_channel != stock.get(relation)}
    with transaction.atomic():
        rule = NoticeRule.objects.select_for_update().filter(occasion=occasion.key).first()
        if rule is None and not said:
            return None
        rule = rule or NoticeRule(occasion=occasion.key)
        rule.levels = said
        return save_audited(rule, by=by)


def text_written(key: str, language: str) -> NoticeText | None:
    """What administrators have written for this language, else for all; None: the stock text holds."""
    texts = _texts()
    wanted = (language, language.partition("-")[0], "")
    return next((texts[key, code] for code in wanted if (key, code) in texts), None)


def save_text(key: str, language: str, *, subject: str, body: str, by: User) -> None:
    """The words of administrators for one wording (automation/notices/wordings.py). An empty text takes the row away,
    and the stock text holds again."""
    with transaction.atomic():
        text = NoticeText.objects.select_for_update().filter(occasion=key, language=language).first()
        if subject or body:
            text = text or NoticeText(occasion=key, language=language)
            text.subject, text.body = subject, body
            save_audited(text, by=by)
        elif text is not None:
            remove_audited(text, by=by)


def languages_written() -> Mapping[str, list[str]]:
    """For each wording the languages that have a text of the house."""
    found: dict[str, list[str]] = defaultdict(list)
    names = dict(settings.LANGUAGES)
    for key, language in _texts():
        found[key].append(names.get(language, ""))
    return found


@remembered
def _rules() -> Mapping[str, Levels]:
    return {rule.occasion: rule.levels for rule in NoticeRule.objects.all()}


@remembered
def _texts() -> Mapping[tuple[str, str], NoticeText]:
    return {(text.occasion, text.language): text for text in NoticeText.objects.all()}
