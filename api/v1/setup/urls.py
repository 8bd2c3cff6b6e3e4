"""Addresses of what is set up, below /api/v1/."""

from django.urls import path

from api.v1.setup.agents import AgentDetail, AgentList
from api.v1.setup.audit import AuditDetail, AuditList
from api.v1.setup.brands import BrandRow, BrandRows
from api.v1.setup.customfields import FieldRow, FieldRows
from api.v1.setup.matrix import PriorityMatrix
from api.v1.setup.people import AccountRow, AccountRows, Invitation, Leaving, SigningOut
from api.v1.setup.publishing import AnnouncementRow, AnnouncementRows, CategoryRow, CategoryRows
from api.v1.setup.questions import QuestionDetail, QuestionList
from api.v1.setup.queues import QueueRow, QueueRows
from api.v1.setup.rights import QueueRights
from api.v1.setup.roles import RoleRow, RoleRows
from api.v1.setup.services import ServiceRow, ServiceRows
from api.v1.setup.skills import SkillRow, SkillRows, SkillRuleRow, SkillRuleRows, WorkPoints
from api.v1.setup.tags import TagDetail, TagList
from api.v1.setup.webforms import WebFormRow, WebFormRows
from api.v1.setup.words import PriorityRow, PriorityRows, StateRow, StateRows, TypeRow, TypeRows

urlpatterns = [
    path("setup/queues/", QueueRows.as_view(), name="setup_queues"),
    path("setup/queues/<int:id>/", QueueRow.as_view(), name="setup_queue"),
    path("setup/services/", ServiceRows.as_view(), name="setup_services"),
    path("setup/services/<int:id>/", ServiceRow.as_view(), name="setup_service"),
    path("setup/services/<int:id>/questions/", QuestionList.as_view(), name="setup_questions"),
    path("setup/services/<int:id>/questions/<int:question>/", QuestionDetail.as_view(), name="setup_question"),
    path("setup/fields/", FieldRows.as_view(), name="setup_fields"),
    path("setup/fields/<int:id>/", FieldRow.as_view(), name="setup_field"),
    path("setup/states/", StateRows.as_view(), name="setup_states"),
    path("setup/states/<int:id>/", StateRow.as_view(), name="setup_state"),
    path("setup/priorities/", PriorityRows.as_view(), name="setup_priorities"),
    path("setup/priorities/<int:id>/", PriorityRow.as_view(), name="setup_priority"),
    path("setup/types/", TypeRows.as_view(), name="setup_types"),
    path("setup/types/<int:id>/", TypeRow.as_view(), name="setup_type"),
    path("setup/tags/", TagList.as_view(), name="setup_tags"),
    path("setup/tags/<int:id>/", TagDetail.as_view(), name="setup_tag"),
    path("setup/brands/", BrandRows.as_view(), name="setup_brands"),
    path("setup/brands/<int:id>/", BrandRow.as_view(), name="setup_brand"),
    path("setup/queues/<int:id>/rights/", QueueRights.as_view(), name="setup_queue_rights"),
    path("setup/roles/", RoleRows.as_view(), name="setup_roles"),
    path("setup/roles/<int:id>/", RoleRow.as_view(), name="setup_role"),
    path("setup/people/", AccountRows.as_view(), name="setup_people"),
    path("setup/people/<int:id>/", AccountRow.as_view(), name="setup_person"),
    path("setup/people/<int:id>/invite/", Invitation.as_view(), name="setup_person_invite"),
    path("setup/people/<int:id>/sign-out/", SigningOut.as_view(), name="setup_person_sign_out"),
    path("setup/people/<int:id>/deactivate/", Leaving.as_view(), name="setup_person_deactivate"),
    path("setup/agents/", AgentList.as_view(), name="setup_agents"),
    path("setup/agents/<int:id>/", AgentDetail.as_view(), name="setup_agent"),
    path("setup/skills/", SkillRows.as_view(), name="setup_skills"),
    path("setup/skills/<int:id>/", SkillRow.as_view(), name="setup_skill"),
    path("setup/skill-rules/", SkillRuleRows.as_view(), name="setup_skill_rules"),
    path("setup/skill-rules/<int:id>/", SkillRuleRow.as_view(), name="setup_skill_rule"),
    path("setup/work-points/", WorkPoints.as_view(), name="setup_work_points"),
    path("setup/priority-matrix/", PriorityMatrix.as_view(), name="setup_matrix"),
    path("setup/web-forms/", WebFormRows.as_view(), name="setup_web_forms"),
    path("setup/web-forms/<int:id>/", WebFormRow.as_view(), name="setup_web_form"),
    path("setup/categories/", CategoryRows.as_view(), name="setup_categories"),
    path("setup/categories/<int:id>/", CategoryRow.as_view(), name="setup_category"),
    path("setup/announcements/", AnnouncementRows.as_view(), name="setup_announcements"),
    path("setup/announcements/<int:id>/", AnnouncementRow.as_view(), name="setup_announcement"),
    path("setup/audit/", AuditList.as_view(), name="setup_audit"),
    path("setup/audit/<int:id>/", AuditDetail.as_view(), name="setup_audit_line"),
]
