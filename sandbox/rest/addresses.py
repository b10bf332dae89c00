"""Reads To and From of an order, refusing what Twilio refuses; holds the magic numbers of the test credentials."""

from __future__ import annotations

import re

from sandbox.office.accounts import Account
from sandbox.office.office import Office
from sandbox.rest.errors import RestError
from sandbox.rest.forms import Form

E164 = re.compile(r"\+[1-9][0-9]{6,14}")
# Twilio's magic numbers of its test credentials: the error each one provokes.
_MAGIC_TO = {
    "+15005550001": (21217, "The number {} does not appear to be valid"),
    "+15005550002": (21214, "The number {} cannot be reached"),
    "+15005550003": (21215, "The account may not call international numbers such as {}"),
    "+15005550004": (21216, "The account may not call {}: the number is on a block list"),
}
_MAGIC_BAD_FROM = "+15005550001"
_MAGIC_GOOD_FROM = "+15005550006"


def read_addresses(form: Form, office: Office, account: Account) -> tuple[str, str]:
    """Return To and From; RestError carries Twilio's code for what is missing, wrong or not allowed."""
    to, caller = form.get("To", "").strip(), form.get("From", "").strip()
    if not to:
        raise RestError(21201, "No 'To' number is specified")
    if not caller:
        raise RestError(21213, "No 'From' number is specified")
    _check_callee(to, office, account)
    _check_caller(caller, office, account)
    return to, caller


def _check_callee(to: str, office: Office, account: Account) -> None:
    if to in _MAGIC_TO:
        code, text = _MAGIC_TO[to]
        raise RestError(code, text.format(to))
    if not to.startswith(("client:", "sip:")) and not E164.fullmatch(to):
        raise RestError(21211, f"The phone number you are attempting to call, {to}, is not valid")
    if not office.may_call(account, to):
        raise RestError(21215, f"The account's geographic permissions do not include {to}")
    if not office.is_known_to(account, to):
        raise RestError(21219, f"The number {to} is unverified. Trial accounts may only call verified numbers")


def _check_caller(caller: str, office: Office, account: Account) -> None:
    if caller == _MAGIC_BAD_FROM or not (caller.startswith("client:") or E164.fullmatch(caller)):
        raise RestError(21212, f"The 'From' number {caller} is not a valid phone number")
    if caller != _MAGIC_GOOD_FROM and not office.may_show(account, caller):
        raise RestError(21210, f"The source phone number {caller} is not verified or owned by the account")
