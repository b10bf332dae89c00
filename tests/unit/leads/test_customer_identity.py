"""How customers are recognised."""

import pytest

from leads.customer_identity import CustomerMark, company_key, marks_of, read_mark, uid_key


@pytest.mark.parametrize(
    "name", ["Müller & Söhne AG", "MUELLER & SOEHNE", "Mueller  Soehne Ag.", "müller söhne gmbh", "Müller & Söhne S.A."]
)
def test_spellings_of_one_company_are_one_key(name: str) -> None:
    assert company_key(name) == "mueller soehne"


def test_companies_that_differ_keep_different_keys() -> None:
    assert company_key("Müller Bau AG") != company_key("Müller Druck AG")
    assert company_key("Société Générale Sàrl") == "societe generale"


def test_name_that_is_only_a_legal_form_still_has_a_key() -> None:
    assert company_key("SPA GmbH") == "spa gmbh"
    assert company_key("…") == ""


@pytest.mark.parametrize("text", ["CHE-123.456.789", "che123456789", "CHE-123.456.789 MWST"])
def test_company_number_is_read_in_its_spellings(text: str) -> None:
    assert uid_key(text) == "123456789"


def test_text_is_read_as_the_surest_mark_that_it_can_be() -> None:
    assert read_mark("CHE-123.456.789") == CustomerMark("uid", "123456789")
    assert read_mark("044 668 18 00") == CustomerMark("phone", "+41446681800")
    assert read_mark("Muster Bau AG") == CustomerMark("company", "muster bau")
    assert read_mark("--") is None


def test_contact_without_number_or_name_has_no_marks() -> None:
    assert marks_of("", "", "") == ()
