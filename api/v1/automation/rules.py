"""Rules: kept, tried on the past, published and paused, and what they did."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from api import examples
from api.problems import CannotBe
from api.schema import IF_SAME
from api.v1.automation.forms import NewRuleForm, PastForm
from api.v1.automation.placing import move_to
from api.v1.automation.shapes import RetriedShape, RuleRunShape, RuleShape, RuleTrialShape
from api.v1.automation.trials import told_trial
from api.v1.kinds import Administration, Kind, Values, change_of, checked, detail_of, list_of, put
from automation.models import Rule, RuleRun
from automation.rule_drafts import drop_draft, keep_draft, with_draft
from automation.ruling import move_rule, pause, publish, remove_rule, save_rule
from automation.traces import runs_of, try_again
from tickets.models import Queue

TAG = "Automation"
FAILED = OpenApiParameter("failed", OpenApiTypes.BOOL, description="true: only those in which something went wrong.")


def rules() -> Any:
    return Rule.objects.prefetch_related("queues")


def _save(rule: Rule, values: Values, by: User) -> None:
    place = values.pop("position", None)
    save_rule(rule, _laid_over(rule, values), by=by)
    if place is not None:
        move_to(rule, place, move_rule, by=by)


def _laid_over(rule: Rule, values: Values) -> list[Queue]:
    """Put what was said into the rule; the queues that it has then."""
    queues = values.pop("queues", None)
    put(rule, values)
    if queues is not None:
        return list(queues)
    return list(rule.queues.all()) if rule.pk else []


RULES = Kind(
    name="Rule",
    many="Rules",
    one="a rule",
    some="rules",
    tag=TAG,
    shape=RuleShape,
    form=NewRuleForm,
    rows=rules,
    save=_save,
    remove=remove_rule,
    order=("position", "id"),
    about={
        "list": "In the order in which they are asked. For administrators.",
        "add": "A new rule is a draft: it runs nowhere until it is published. What is wrong in `effects` is named by "
        "its place.",
        "change": "An active rule works like this at once; `keepRuleDraft` keeps changes of it until they are "
        "published. What is not named stays as it is.",
    },
    examples=[examples.RULE],
)
RuleList, RuleDetail = list_of(RULES), detail_of(RULES)
ChangedRuleForm = change_of(NewRuleForm)


class _Rule(Administration):
    def same(self, pk: int) -> Rule:
        rule = self.only(rules(), pk)
        self.require_same(rule)
        return rules().get(pk=pk)

    def now(self, pk: int) -> Response:
        return self.answer(rules().get(pk=pk), RuleShape)


class RulePublishing(_Rule):
    @extend_schema(
        operation_id="publishRule",
        summary="Publish a rule",
        parameters=[IF_SAME],
        request=None,
        responses=RuleShape,
        tags=[TAG],
    )
    @transaction.atomic
    def post(self, request: Request, id: int) -> Response:
        """From now on it is asked, with the changes that waited. 400 for one without effects."""
        rule = self.same(id)
        queues = with_draft(rule)
        if queues is not None:
            checked(lambda: save_rule(rule, Queue.objects.filter(pk__in=queues), by=self.person))
        checked(lambda: publish(rule, by=self.person))
        return self.now(id)


class RulePausing(_Rule):
    @extend_schema(
        operation_id="pauseRule",
        summary="Pause a rule",
        parameters=[IF_SAME],
        request=None,
        responses=RuleShape,
        tags=[TAG],
    )
    @transaction.atomic
    def post(self, request: Request, id: int) -> Response:
        """It is not asked until it is published again."""
        pause(self.same(id), by=self.person)
        return self.now(id)


class RuleDraft(_Rule):
    @extend_schema(
        operation_id="keepRuleDraft",
        summary="Keep changes of an active rule as a draft",
        parameters=[IF_SAME],
        request=ChangedRuleForm,
        responses=RuleShape,
        tags=[TAG],
    )
    @transaction.atomic
    def patch(self, request: Request, id: int) -> Response:
        """It goes on as it was until `publishRule`; what is named is laid over what waits already."""
        rule = self.same(id)
        if not rule.is_active:
            raise CannotBe(_("Only an active rule has changes that wait: change this one itself."))
        waiting = with_draft(rule)
        values = self.read(ChangedRuleForm)
        values.pop("position", None)
        queues = Queue.objects.filter(pk__in=waiting) if waiting is not None else rule.queues.all()
        queues = values.pop("queues", queues)
        put(rule, values)
        checked(lambda: keep_draft(rule, queues, by=self.person))
        return self.now(id)

    @extend_schema(
        operation_id="dropRuleDraft",
        summary="Throw waiting changes away",
        parameters=[IF_SAME],
        responses={204: None},
        tags=[TAG],
    )
    @transaction.atomic
    def delete(self, request: Request, id: int) -> Response:
        """What runs is all there is again."""
        drop_draft(self.same(id), by=self.person)
        return Response(status=status.HTTP_204_NO_CONTENT)


class RuleTrial(Administration):
    @extend_schema(
        operation_id="tryRule",
        summary="Try a rule on the past",
        request=PastForm,
        responses=RuleTrialShape,
        examples=[examples.TRIAL],
        tags=[TAG],
    )
    def post(self, request: Request, id: int) -> Response:
        """What it would have done to the tickets of the last days, with the changes that wait. Nothing of it stays."""
        rule = self.only(rules(), id)
        queues = with_draft(rule)
        days = self.read(PastForm)["days"]
        return Response(self.shaped(told_trial(rule, queues, days, self.person), RuleTrialShape).data)


class RuleToTryForm(NewRuleForm, PastForm):
    """A rule that is not kept, and on which past."""


class NewRuleTrial(Administration):
    @extend_schema(
        operation_id="tryNewRule",
        summary="Try a rule that is not there yet",
        request=RuleToTryForm,
        responses=RuleTrialShape,
        tags=[TAG],
    )
    def post(self, request: Request) -> Response:
        """As `tryRule`, of a rule that is sent whole and not kept."""
        values = self.read(RuleToTryForm)
        days, _place = values.pop("days"), values.pop("position", None)
        rule = Rule()
        queues = _laid_over(rule, values)
        trial = told_trial(rule, [queue.pk for queue in queues], days, self.person)
        return Response(self.shaped(trial, RuleTrialShape).data)


class RuleRunList(Administration):
    order = ("-id",)
    parameters = ("failed",)

    @extend_schema(
        operation_id="listRuleRuns",
        summary="What a rule did",
        parameters=[FAILED],
        responses=RuleRunShape(many=True),
        tags=[TAG],
    )
    def get(self, request: Request, id: int) -> Response:
        """Its runs of the last 90 days, the newest first: which parts held, and what came of each effect."""
        runs = runs_of(self.only(rules(), id))
        if request.query_params.get("failed") == "true":
            runs = runs.filter(outcome__in=(RuleRun.Outcome.FAILED, RuleRun.Outcome.STOPPED))
        return self.listing(runs, RuleRunShape)


class RuleRunAgain(Administration):
    @extend_schema(
        operation_id="retryRuleRun",
        summary="Try the effects of a run again",
        request=None,
        responses=RetriedShape,
        tags=[TAG],
    )
    @transaction.atomic
    def post(self, request: Request, id: int, run: int) -> Response:
        """Those that were given up."""
        return Response({"tried": try_again(self.only(RuleRun.objects.filter(rule=id), run))})
