"""What the matrix sends: a body for each route that takes one, such that it succeeds for whoever may do it."""

from collections.abc import Callable
from typing import Any

from accounts.models import User
from tests.rights.world import Matrix
from tickets.models import Article, Priority, Queue, State, Ticket, TicketType

Body = dict[str, Any]


def bodies(world: Matrix, relation: str) -> dict[str, Body]:
    """By the label of the row, for things of ours or (relation "elsewhere") of the other queue."""
    queue, agent = ("elsewhere", "outsider") if relation == "elsewhere" else ("own", "write")
    pages = _pages(world, world.queues[queue], world.people[agent])
    return pages | _programs(world, relation, world.people[agent]) | _otrs_clients(world, relation, world.people[agent])


def _pages(world: Matrix, queue: Queue, agent: User) -> dict[str, Body]:
    """Fields of forms. What is not named is sent without any."""
    text = {"text": "One more word"}
    return {
        "set_theme": {"theme": "dark"},
        "set_language": {"language": "de"},
        "account_login": {"login": "nobody@nowhere.example", "password": "wrong"},
        "desk:new": {
            "channel": "phone",
            "queue": world.queues["own"].pk,
            "customer": "dana@acme.example",
            "title": "By phone",
            **text,
        },
        "desk:bulk_choose": {"ticket": world.tickets["open"].pk, "do": "assign"},
        "desk:bulk_ask": {"ticket": world.tickets["open"].pk},
        "desk:bulk": {"ticket": world.tickets["open"].pk},
        "desk:reply": {**text, "to": "dana@acme.example"},
        "desk:note": text,
        "desk:notices_read": {"up_to": "0"},
        "desk:notice_mark": {"as": "read"},
        "desk:forward": {**text, "to": "supplier@parts.example", "subject": "Please look"},
        "desk:draft": text,
        "desk:owner": {"owner": agent.pk},
        "desk:responsible": {"responsible": agent.pk},
        "desk:move": {"move": queue.pk},
        "desk:state": {"state": State.objects.get(name="closed successful").pk},
        "desk:priority": {"priority": Priority.objects.get(level=5).pk},
        "desk:type": {"type": TicketType.objects.get(name="Incident").pk},
        "desk:service": {"service": world.things["service"]["everybody"][0]},
        "desk:knowledge_use_version": {"version": "1"},
        "desk:knowledge_comment": {"body": "One more word"},
        "desk:ticket_article_use": {"how": "solved"},
        "desk:report_pin": {"ready": "volume", "dashboard": world.things["dashboard"]["own"][0]},
        "desk:widget_add": {"what": "volume"},
        "desk:widget_change": {"width": "6", "display": "table"},
        "desk:widget_move": {"to": "later"},
        "portal:service": {"subject": "A new request", **text},
        "desk:process_cancel": {"reason": "Not needed"},
        "desk:process_jump": {"to": "Look", "reason": "Once more"},
        "desk:approval": {"answer": "approved"},
        "portal:approval": {"answer": "approved"},
        "setup:process_step_add": {"flow": "S_Look", "kind": "user", "name": "Before"},
        "setup:process_step_remove": {"element": "Look"},
        "desk:level": {"level": "none"},
        "desk:title": {"title": "Another title"},
        "desk:tags": {"tags": "urgent"},
        "desk:field": {"field_serial": "X1"},
        "desk:later": {"state": State.objects.get(name="pending reminder").pk, "when": "tomorrow"},
        "desk:rating": {"cell": "3x3"},
        "desk:customer": {"customer": "dana@acme.example"},
        "desk:call": {"caller": "customer", **text},
        "desk:split_message": {"title": "Another", "queue": queue.pk, "customer": "dana@acme.example"},
        "desk:time": {"minutes": "15"},
        "desk:checklist": {"steps": "Look"},
        "desk:guided_answer": {**text, "to": "dana@acme.example"},
        "desk:guided_later": {"days": "1"},
        "desk:guided_pass_on": {"owner": agent.pk},
        "desk:guided_skip": {"reason": "time"},
        "portal:answer": text,
        "portal:solve": text,
        "portal:add_participant": {"address": "fourth@nowhere.example"},
        "desk:participants": {"address": "fourth@nowhere.example"},
        "portal:new": {"subject": "A new request", **text},
        "kb:feedback": {"helpful": "yes"},
    }


def _programs(world: Matrix, relation: str, agent: User) -> dict[str, Body]:
    """JSON."""
    other = _other(world, relation).number
    body = {"body": "One more word"}
    return {
        "api:tickets": {"title": "By program", "queue": "Support", "customer": "dana@acme.example", **body},
        "api:ticket": {"title": "Another title"},
        "api:ticket#owner": {"owner": agent.email},
        "api:ticket#priority": {"priority": "5 very high"},
        "api:tickets_bulk": {"items": [{"ticket": world.tickets["open"].number, "changes": {"title": "Another"}}]},
        "api:merge": {"into": other},
        "api:links": {"ticket": other, "kind": "normal"},
        "api:times": {"minutes": 5},
        "api:watchers": {"person": agent.email},
        "api:participants": {"address": "fourth@nowhere.example"},
        "api:steps": {"steps": ["Look"]},
        "api:step": {"is_done": True},
        "api:text_preview": {"body": "Dear {{ customer.first_name }}"},
        "api:views": {"name": "Mine", "condition": {"all": []}},
        "api:view": {"name": "Renamed"},
        "api:people": {"email": "new@acme.example", "name": "New"},
        "api:person_merge": {"duplicate": "mia@acme.example"},
        "api:bell": {"up_to": 0},
        "api:bell_notice": {"is_read": True},
        "api:person": {"phone": "123"},
        "api:organisations": {"name": "Initech"},
        "api:organisation": {"notes": "Pays late."},
        "api:calendars": {"name": "Days"},
        "api:imports": {"what": "people", "name": "people.csv", "content": "ZW1haWwKYUBhY21lLmV4YW1wbGUK"},
        "api:import": {"zone": "UTC"},
        "api:reports": {"name": "Mine", "question": {"measures": ["created"]}},
        "api:report": {"name": "Renamed"},
        "api:report_mails": {"people": [agent.email], "rhythm": "daily"},
        "api:exports": {"question": {"measures": ["created"]}},
        "api:kb_articles": {
            "category": world.things["article topic"]["there"][0],
            "title": "A new article",
            "html": "<p>It says something.</p>",
        },
        "api:calendar": {"zone": "Europe/Berlin"},
        "api:slas": {"name": "Fast"},
        "api:sla": {"warnings": [50]},
        "api:hours_of_queue": {"unlock_after": 7200},
        "api:process_runs": {"process": "look"},
        **_automation(),
        "api:process_run_cancel": {"reason": "Not needed"},
        "api:process_run_jump": {"to": "Look", "reason": "Once more"},
        "api:process_messages": {"name": "parcel"},
        "api:approval": {"answer": "approved"},
        "api:articles": {"channel": "email", **body},
        "api:article_split": {"title": "Another"},
        "api:article_forward": {"to": ["supplier@parts.example"]},
        **_settings(),
        "api:articles#note": {"channel": "note", **body},
        "api:articles#web": {"channel": "web", **body},
    }


def _automation() -> dict[str, Body]:
    effects = [{"do": "tag", "tags": ["seen"]}]
    rule = {"name": "Another rule", "events": ["opened"], "effects": effects}
    schedule = {"name": "Weekly", "condition": {"all": []}, "cron": "0 8 * * 1", "zone": "UTC", "effects": effects}
    alert = {"status": "firing", "labels": {"alertname": "Disk"}, "fingerprint": "disk"}
    return {
        "api:rules": rule,
        "api:rule_try_new": rule,
        "api:rule": {"stops": True},
        "api:rule_draft": {"stops": True},
        "api:rule_try": {"days": 1},
        "api:schedules": schedule,
        "api:schedule_try_new": schedule,
        "api:schedule": {"limit": 5},
        "api:macro_settings": {"name": "Another macro", "effects": effects},
        "api:macro_setting": {"then": "next"},
        "api:webhooks": {"name": "Another chat", "url": "http://127.0.0.1:9/"},
        "api:webhook": {"sends_text": False},
        "api:alert_sources": {"name": "Icinga", "queue": "Support", "customer": "dana@acme.example"},
        "api:alert_source": {"again_minutes": 5},
        "api:alert_source_try": {"version": "4", "status": "firing", "alerts": [alert]},
        "api:queue_assignment": {"method": "round_robin"},
        "api:queue_survey": {"is_on": True},
        "api:templates": {"name": "Welcome", "body": "Welcome."},
        "api:template": {"body": "Thanks a lot."},
        "api:snippets": {"name": "Address", "keyword": "address", "body": "Harbour 1"},
        "api:snippet": {"body": "9 to 17"},
        "api:checklists": {"name": "Leaving", "steps": ["Laptop", "Keys"]},
        "api:checklist": {"steps": ["Laptop"]},
        "api:contents": {"name": "Closing", "key": "closing", "texts": {"en": "Bye"}},
        "api:content": {"texts": {"de": "Guten Tag"}},
        "api:automatic_texts": {"event": "follow_up", "subject": "Thanks", "body": "{{ number }}"},
        "api:automatic_text": {"subject": "Many thanks"},
        "api:queue_answers": {"new": False},
        "api:notice": {"levels": {"owner": {"mail": "never"}}},
        "api:notice_text": {"subject": "Neues", "body": "{{ link }}"},
    }


def _settings() -> dict[str, Body]:
    """Of programs of administrators."""
    queue = {"queue": "Support"}
    return {
        "api:our_addresses": {"address": "printers@demo.example", **queue},
        "api:our_address": {"name": "Desk"},
        "api:mailboxes": {"name": "Other", "host": "imap.demo.example", "username": "u", "password": "p"},
        "api:mailbox": {"keep_days": 7, "password": "p"},
        "api:mail_filters": {
            "name": "Monitoring",
            "conditions": [{"part": "subject", "test": "contains", "value": "down"}],
        },
        "api:mail_filter": {"conditions": [{"part": "subject", "test": "contains", "value": "down"}]},
        "api:known_senders": {"pattern": "@spam.example", "verdict": "denied"},
        "api:known_sender": {"note": "Advertising"},
        "api:servers": {"name": "Other", "host": "smtp.demo.example"},
        "api:server": {"port": 25},
        "api:mail_try": {"message": "RnJvbTogYUBiLmV4YW1wbGUKCkl0IGh1bXMuCg=="},
        "api:mail_limits": {"storm_minutes": 5},
        "api:setup_matrix": {"cells": [{"impact": 1, "urgency": 1, "priority": "5 very high"}]},
        "api:setup_web_forms": {"name": "Shop", **queue},
        "api:setup_web_form": {"takes_files": True},
        "api:setup_categories": {"name": "Printers"},
        "api:setup_category": {"description": "Another word"},
        "api:setup_announcements": {"titles": {"en": "News"}},
        "api:setup_announcement": {"is_banner": True},
        "api:setup_queue_rights": {"granted": [{"role": "Role read", "rights": ["note"]}]},
        "api:setup_roles": {"name": "Field service"},
        "api:setup_role": {"description": "Another word"},
        "api:setup_people": {"email": "gina@demo.example", "name": "Gina"},
        "api:setup_person": {"phone": "123"},
        "api:setup_person_deactivate": {"confirmed": True},
        "api:setup_agent": {"limit": 5},
        "api:setup_skills": {"name": "Networks"},
        "api:setup_skill": {"is_active": False},
        "api:setup_skill_rules": {"name": "All", "skills": [{"skill": "Linux", "level": 1}]},
        "api:setup_skill_rule": {"is_active": False},
        "api:setup_work_points": {"points": [{"priority": "3 normal", "points": 2}]},
        "api:setup_queues": {"name": "Printers"},
        "api:setup_queue": {"description": "Another word"},
        "api:setup_services": {"name": "New badge", **queue},
        "api:setup_service": {"description": "Another word"},
        "api:setup_question": {"is_required": True},
        "api:setup_fields": {"key": "floor", "kind": "text", "label": "Floor"},
        "api:setup_field": {"label": "Another word"},
        "api:setup_states": {"name": "at rest", "type": "open"},
        "api:setup_state": {"position": 77},
        "api:setup_priorities": {"name": "6 on fire", "level": 5},
        "api:setup_priority": {"position": 77},
        "api:setup_types": {"name": "Complaint"},
        "api:setup_type": {"position": 77},
        "api:setup_tag": {"is_active": False},
        "api:setup_brands": {"name": "Acme IT"},
        "api:setup_brand": {"sender_name": "Acme"},
    }


def _other(world: Matrix, relation: str) -> Ticket:
    """A second ticket that whoever works the first one sees, too."""
    return Article.objects.get(pk=world.things["mail"][relation or "open"][0]).ticket


def _otrs_clients(world: Matrix, relation: str, agent: User) -> dict[str, Body]:
    """JSON as well. The other end of a link is a ticket that whoever may do it sees, too."""
    article = {"Subject": "Printer", "Body": "One more word", "ContentType": "text/plain; charset=utf8"}
    other = _other(world, relation).pk
    opening = {"Title": "By script", "Queue": "Support", "State": "new", "Priority": "3 normal"}
    return {
        "otrs:session_create": {"UserLogin": "nobody@nowhere.example", "Password": "wrong"},
        "otrs:tickets": {"Ticket": {**opening, "CustomerUser": "dana@acme.example"}, "Article": article},
        "otrs:ticket": {"Article": article},
        "otrs:ticket#note": {"Article": {**article, "IsVisibleForCustomer": 0}},
        "otrs:ticket#owner": {"Ticket": {"Owner": agent.email}},
        "otrs:ticket#priority": {"Ticket": {"Priority": "5 very high"}},
        "otrs:ticket#title": {"Ticket": {"Title": "Another title"}},
        "otrs:link_add": {"SourceObject": "Ticket", "TargetObject": "Ticket", "TargetKey": other, "Type": "Normal"},
        "otrs:link_delete": {"Object1": "Ticket", "Object2": "Ticket", "Key2": other, "Type": "Normal"},
        "otrs:link_delete_all": {"Object": "Ticket"},
    }


QUERIES: dict[str, Callable[[Matrix], Body]] = {
    "live_address#ticket": lambda world: {},
    "desk:news": lambda world: {"shown": 0},
    "desk:others": lambda world: {"for": "link"},
    "desk:search": lambda world: {"q": "hums"},
    "otrs:link_list": lambda world: {"Object": "Ticket"},
    "otrs:possible_objects": lambda world: {"Object": "Ticket"},
    "otrs:possible_types": lambda world: {"Object1": "Ticket", "Object2": "Ticket"},
    "api:people": lambda world: {"email": "dana@acme.example"},
    "api:report_answer": lambda world: {"measures": "created"},
}
