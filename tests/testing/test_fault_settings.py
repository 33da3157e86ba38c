"""Faults that people type: each by its name, with a value of its kind."""

import re
from pathlib import Path

import pytest

from oauthone.testing import Faults
from oauthone.testing.fault_settings import ABOUT, fault_fields, with_fault


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("token_response", "json", "json"),
        ("token-response", "form", "form"),
        ("problem", "token_expired", "token_expired"),
        ("problem", "", None),
        ("problem_in", "html", "html"),
        ("callback_confirmed", "", None),
        ("wrong_token", "Yes", True),
        ("refuse_nonces", "off", False),
        ("delay", "0.5", 0.5),
        ("clock_skew", "-3600", -3600.0),
        ("padding", "gzip bomb", "gzip bomb"),
    ],
)
def test_a_value_of_its_kind(name: str, text: str, value: object) -> None:
    changed = with_fault(Faults(delay=7), name, text)
    assert changed == Faults(delay=7)._replace(**{name.replace("-", "_"): value})


@pytest.mark.parametrize(
    ("name", "text", "complaint"),
    [
        ("nothing", "1", "'nothing' is not a fault: token_response, "),
        ("wrong_token", "maybe", "use true or false"),
        ("padding", "tiny", "use none, huge, gzip bomb"),
        ("problem", "a\nb", "use printable characters"),
        ("problem", "\ud800", "use printable characters"),
        ("delay", "-1", "a number of seconds"),
        ("delay", "nan", "a number of seconds"),
        ("clock_skew", "x", "a number of seconds"),
        ("clock_skew", "inf", "a number of seconds"),
    ],
)
def test_what_is_none_is_refused(name: str, text: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        with_fault(Faults(), name, text)


def test_the_page_says_what_the_documentation_says() -> None:
    text = (Path(__file__).parents[2] / "docs" / "testing.md").read_text("utf-8")
    rows = re.findall(r"^\| `(\w+)(?:=[^`]*)?` \| (.*) \|$", text, re.MULTILINE)
    assert [(name, words.replace("`", "")) for name, words in rows if name in Faults._fields] == [*ABOUT.items()]
    assert [field["about"] for field in fault_fields(Faults())] == [*ABOUT.values()]


def test_every_fault_has_a_setting_that_gives_it_back() -> None:
    """So a page can show each, and send what it shows."""
    fields = fault_fields(Faults())
    assert [field["name"] for field in fields] == list(Faults._fields)
    assert {field["kind"] for field in fields} == {"choice", "switch", "number", "text"}
    for field in fields:
        text = "" if field["value"] is None else str(field["value"])
        assert with_fault(Faults(), field["name"], text) == Faults()
