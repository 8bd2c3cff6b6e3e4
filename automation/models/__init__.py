"""The tables of automation, one module for each part."""

from automation.models.alert import Alert, AlertPost, AlertSource
from automation.models.assignment import (
    AgentProfile,
    AgentSkill,
    Loan,
    Method,
    PriorityWeight,
    QueueAssignment,
    Skill,
    SkillRule,
    WhenAway,
)
from automation.models.content import Content
from automation.models.decision import Decision, Turns, Waiting
from automation.models.macro import Macro
from automation.models.notice import (
    HouseNews,
    Notice,
    NoticeDelivery,
    NoticeHouse,
    NoticeRule,
    NoticeText,
    NoticeWishes,
)
from automation.models.rule import EffectRun, Rule, RuleOnce, RuleRun, RuleStamp
from automation.models.schedule import Schedule, ScheduleItem, ScheduleMark, ScheduleRun
from automation.models.survey import SurveyAnswer, SurveyInvitation, SurveyRule
from automation.models.webhook import Endpoint, EndpointState, WebhookAttempt, WebhookDelivery

__all__ = [
    "AgentProfile",
    "AgentSkill",
    "Alert",
    "AlertPost",
    "AlertSource",
    "Content",
    "Decision",
    "EffectRun",
    "Endpoint",
    "EndpointState",
    "Loan",
    "Macro",
    "Method",
    "HouseNews",
    "Notice",
    "NoticeDelivery",
    "NoticeHouse",
    "NoticeRule",
    "NoticeText",
    "NoticeWishes",
    "PriorityWeight",
    "QueueAssignment",
    "Rule",
    "RuleOnce",
    "RuleRun",
    "RuleStamp",
    "Schedule",
    "ScheduleItem",
    "ScheduleMark",
    "ScheduleRun",
    "Skill",
    "SkillRule",
    "SurveyAnswer",
    "SurveyInvitation",
    "SurveyRule",
    "Turns",
    "Waiting",
    "WebhookAttempt",
    "WebhookDelivery",
    "WhenAway",
]
