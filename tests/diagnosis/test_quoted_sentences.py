"""What is quoted of an answer: its own sentence, and nothing that may be a secret."""

import json

import pytest

from oauthone.diagnosis.answer import read_answer
from oauthone.diagnosis.quoted_sentences import own_sentence


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (
            '{"message": "You must authenticate to access this resource."}',
            "You must authenticate to access this resource",
        ),
        ('{"code": "INVALID_LOGIN", "message": "INVALID_LOGIN"}', "INVALID_LOGIN"),
        ('{"error": "Unauthorized", "message": "No such user."}', "No such user"),
        ("<h1>401</h1><p>The account is closed. Ask us.</p>", "The account is closed"),
        ("The account is closed\nsecond line", "The account is closed"),
        ('<rsp stat="fail"><err code="99" msg="User not logged in" /></rsp>', "User not logged in"),
        (
            '{"message": "User 4fd4e1c67a2d28fc, see https://a.example/?t=1, is blocked"}',
            "User \u2026 see \u2026 is blocked",
        ),
        ('{"errors": ["Title can not be blank", "Size is wrong"]}', "Title can not be blank"),
        ('{"errors": "Title is too long"}', "Title is too long"),
        ('{"errors": [{"message": "No such album"}]}', "No such album"),
        ('{"errors": ["The key is 4fd4e1c67a2d28fc"]}', None),
        ("Unauthorized", None),
        ("HTTP 401: Unauthorized", None),
        ("<h1>403 Forbidden</h1>", None),
        ("", None),
        ("x=1&y=2", None),
        ("1 2", None),
        ('{"message": "expected key canary&canary"}', None),
        ('{"message": "The secret is hunter"}', None),
        ("<a>Go to the login page</a>", None),
    ],
)
def test_the_sentence_of_an_answer(body: str, said: str | None) -> None:
    assert own_sentence(read_answer(401, {}, body)) == said


def test_a_description_in_a_challenge() -> None:
    challenge = {"WWW-Authenticate": 'OAuth realm="a", error_description="Invalid login attempt."'}
    assert own_sentence(read_answer(401, challenge, b"")) == "Invalid login attempt"


def test_a_long_sentence_is_cut_between_words() -> None:
    said = own_sentence(read_answer(401, {}, json.dumps({"message": "many words " * 20})))
    assert said is not None
    assert said.endswith(("words \u2026", "many \u2026"))
    assert len(said) <= 122


@pytest.mark.parametrize("begin", ["", "<p>", "<h1>", "error:", '"message":'])
@pytest.mark.parametrize("end", ["", "<", "x" * 301])
def test_no_answer_takes_more_time_than_its_length(begin: str, end: str) -> None:
    """Some of these would take days."""
    assert own_sentence(read_answer(401, {}, f"{begin}{' ' * 60_000}{end}")) is None


def test_white_space_around_a_sentence_is_no_part_of_it() -> None:
    spaces = "\n" + " " * 1000
    assert own_sentence(read_answer(401, {}, f"<p>{spaces}The account is closed\n  </p>")) == "The account is closed"
    assert own_sentence(read_answer(401, {}, f"{spaces}The account is closed \n{spaces}")) == "The account is closed"
