"""The form by which somebody decides an approval, the same for agents, customers and whoever came by a link."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.people import person_with_address
from processes.actions import deciding
from processes.models import Decision

DELEGATED = Decision.Answer.DELEGATED


class DecisionForm(forms.Form):
    answer = forms.ChoiceField(choices=Decision.Answer.choices)
    comment = forms.CharField(max_length=2_000, required=False, widget=forms.Textarea(attrs={"rows": 3}))
    person = forms.EmailField(required=False)

    def __init__(self, *args: Any, may_delegate: bool, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self.may_delegate = may_delegate
        self.fields["answer"].error_messages = {name: _("Choose an answer.") for name in ("required", "invalid_choice")}
        self.fields["comment"].label = _("Comment")
        self.fields["person"].label = _("Pass it on to")
        self.fields["person"].help_text = _("Email address of a colleague who decides in your place.")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("answer") == DELEGATED and "person" in cleaned:
            if not cleaned["person"]:
                raise ValidationError({"person": _("This is needed.")})
            cleaned["to"] = person_with_address(cleaned["person"])
        return cleaned

    def decide(self, decision: Decision, *, way: str) -> str:
        """Do what was answered, and say it. Raises `Refused`."""
        given, by = self.cleaned_data, decision.approver
        if given["answer"] == DELEGATED:
            deciding.delegate(decision, given["to"], by=by, comment=given["comment"], way=way)
            return _("%(person)s is asked now.") % {"person": given["person"]}
        deciding.decide(decision, given["answer"], comment=given["comment"], by=by, way=way)
        return _("Approved.") if given["answer"] == Decision.Answer.APPROVED else _("Declined.")
