"""SessionCreate, SessionGet, SessionRemove. The secret goes by both names that clients know: SessionID, AccessToken."""

from typing import Any

from api.otrs.door import Call, Caller, Refusal, operation
from api.otrs.signing_in import begin_session, caller_with_session, end_session, session_id, signed_in


@operation("SessionCreate")
def create_session(call: Call) -> dict[str, Any]:
    if not (call.text("UserLogin") or call.text("CustomerUserLogin")):
        raise Refusal("MissingParameter", "UserLogin or CustomerUserLogin is required!")
    if not call.data.get("Password"):
        raise Refusal("MissingParameter", "Password is required!")
    secret = begin_session(signed_in(call))
    return {"SessionID": secret, "AccessToken": secret}


@operation("SessionGet")
def show_session(call: Call) -> dict[str, Any]:
    caller = _caller(call)
    data = [{"Key": key, "Value": value} for key, value in _facts(caller).items()]
    return {"SessionData": data, "AccessTokenData": data}


@operation("SessionRemove")
def remove_session(call: Call) -> dict[str, Any]:
    _caller(call)
    end_session(session_id(call))
    return {"Success": 1}


def _caller(call: Call) -> Caller:
    secret = session_id(call)
    if not secret:
        raise Refusal("MissingParameter", "SessionID or AccessToken is required!")
    caller = caller_with_session(secret)
    if caller is None:
        raise Refusal("SessionInvalid", "SessionID is not valid!")
    return caller


def _facts(caller: Caller) -> dict[str, str]:
    person = caller.person
    return {
        "UserID": str(person.pk),
        "UserLogin": person.email,
        "UserEmail": person.email,
        "UserFullname": person.name,
        "UserLanguage": person.language or "en",
        "UserTimeZone": person.time_zone or "UTC",
        "UserType": "Customer" if caller.is_customer else "User",
    }
