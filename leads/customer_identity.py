"""The marks by which a customer or partner is recognised: company number, phone number, name. Pure."""

from dataclasses import dataclass

from foundation.company_marks import company_key, uid_key
from foundation.phone_number import parse_phone_number

__all__ = ["MARKS", "CustomerMark", "company_key", "marks_of", "read_mark", "uid_key"]

MARKS = ("uid", "phone", "company")  # the surest first


@dataclass(frozen=True)
class CustomerMark:
    """One mark of a customer: `known_by` is uid, phone or company; `key` is how it is compared."""

    known_by: str
    key: str


def read_mark(text: str, default_country: str = "CH") -> CustomerMark | None:
    """The mark that a partner wrote for a customer: a company number, else a phone number, else a name."""
    if uid := uid_key(text):
        return CustomerMark("uid", uid)
    if number := parse_phone_number(text, default_country):
        return CustomerMark("phone", number.e164)
    key = company_key(text)
    return CustomerMark("company", key) if key else None


def marks_of(uid: str, phone_number: str, company: str) -> tuple[CustomerMark, ...]:
    """The marks of a contact, the surest first."""
    marks = [CustomerMark("uid", uid_key(uid)), CustomerMark("phone", phone_number)]
    marks.append(CustomerMark("company", company_key(company)))
    return tuple(mark for mark in marks if mark.key)
