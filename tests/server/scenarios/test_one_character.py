"""A signed request with one changed character is a different request, and rejected."""

from random import Random

import pytest
from sampling import FULL

from oauthone.core.body import FORM
from oauthone.errors import VerificationError
from oauthone.server import Verifier

from ..decoding import decoded
from ..one_character import AcceptingStore, requests, variants, with_type
from ..setting import NOW, Sent

SENT = requests(200, seed=5849)
VERIFIER = Verifier(AcceptingStore(), token="optional", clock=lambda: NOW)


def is_accepted(sent: Sent) -> bool:
    try:
        VERIFIER.verify(*sent)
    except VerificationError:
        return False
    return True


def tried(sent: Sent, random: Random) -> list[Sent]:
    """Return a tenth of the variants, or all. A tenth of each request finds more than each variant of a tenth."""
    found = [*variants(sent, random)]
    return found if FULL else random.sample(found, len(found) // 10)


@pytest.mark.parametrize("first", range(0, len(SENT), 20))
def test_a_request_with_one_character_changed_left_out_or_doubled_is_refused(first: int) -> None:
    """Unless it still decodes to the same request."""
    random = Random(first)
    for sent in SENT[first : first + 20]:
        genuine = decoded(sent)
        assert genuine is not None
        assert is_accepted(sent)
        seen = [(variant, is_accepted(variant)) for variant in tried(sent, random)]
        accepted = [variant for variant, taken in seen if taken]
        assert [variant for variant in accepted if decoded(variant) != genuine] == []
        assert len(accepted) < len(seen) / 4


def test_every_octet_at_every_position_is_rejected() -> None:
    shortest = min(SENT, key=lambda sent: len(sent.url) + len(sent.body) + sum(len(value) for _, value in sent.headers))
    genuine = decoded(shortest)
    for variant in variants(shortest):
        assert not is_accepted(variant) or decoded(variant) == genuine


def has_form_parameters(sent: Sent) -> bool:
    """Return whether a form in the body has parameters; the form ``&`` has none."""
    as_form, as_text = decoded(with_type(sent, FORM)), decoded(with_type(sent, "text/plain"))
    assert as_form is not None
    assert as_text is not None
    return as_form.parameters != as_text.parameters


FORMS = [sent for sent in SENT if decoded(sent) == decoded(with_type(sent, FORM)) and has_form_parameters(sent)]
TEXTS = [sent for sent in SENT if decoded(sent) != decoded(with_type(sent, FORM)) and has_form_parameters(sent)]


@pytest.mark.parametrize(
    "content_type", [None, "", "text/plain", "application/json", "multipart/form-data", FORM + "s"]
)
def test_a_form_that_is_relabelled_after_signing_is_rejected(content_type: str | None) -> None:
    """Its parameters are then neither read nor signed, though the body is the same."""
    assert len(FORMS) > 50
    assert all(map(is_accepted, FORMS))
    assert [sent for sent in FORMS if is_accepted(with_type(sent, content_type))] == []


@pytest.mark.parametrize("content_type", [FORM, FORM.upper(), FORM + "; charset=utf-8"])
def test_a_body_that_is_labelled_a_form_after_signing_is_rejected(content_type: str) -> None:
    assert len(TEXTS) > 10
    assert all(map(is_accepted, TEXTS))
    assert [sent for sent in TEXTS if is_accepted(with_type(sent, content_type))] == []


def test_a_method_in_lower_case_is_another_request() -> None:
    """HTTP distinguishes the two, but a base string does not (RFC 5849 section 3.4.1.1). So one of them is rejected."""
    for change in (str.lower, str.title, lambda method: method[:-1] + method[-1].lower()):
        changed = [sent._replace(method=change(sent.method)) for sent in SENT if change(sent.method) != sent.method]
        assert len(changed) > 50
        assert [sent for sent in changed if is_accepted(sent)] == []
