"""What the agents of the demo world know. Tickets are still taken by hand there: skills are ready to be tried."""

from collections.abc import Mapping

from accounts.models import User
from automation.assignment_setup import change_levels, save_skill, save_skill_rule
from automation.models import Skill, SkillRule

# Language by name of the skill; empty where it is none.
SKILLS = {"Batteries and motors": "", "Invoices": "", "Deutsch": "de", "Español": "es"}
LEVELS = {
    ("bea", "Invoices"): 5,
    ("bea", "Deutsch"): 4,
    ("bea", "Español"): 3,
    ("carlos", "Batteries and motors"): 4,
    ("carlos", "Español"): 5,
}
RULES = {
    "Bikes that do not run": ({"field": "queue", "is": "Support::Hardware"}, "Batteries and motors", 3),
    "Money": ({"field": "queue", "is": "Billing"}, "Invoices", 2),
}


def add_skills(agents: Mapping[str, User], *, by: User) -> None:
    skills = {}
    for name, language in SKILLS.items():
        skills[name] = Skill(name=name, language=language)
        save_skill(skills[name], by=by)
    wanted = {(agents[key].pk, skills[name].pk): level for (key, name), level in LEVELS.items()}
    change_levels(wanted, shown={}, by=by)
    for name, (condition, skill, level) in RULES.items():
        save_skill_rule(SkillRule(name=name, condition=condition, wants={str(skills[skill].pk): level}), by=by)
