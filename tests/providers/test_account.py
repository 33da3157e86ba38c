"""The account in a provider's answer."""

from typing import Any

import pytest

from oauthone.errors import FlowError
from oauthone.providers._account import Account, account_in_json, account_in_token, account_in_xml, at_path, parse_json
from oauthone.providers._model import Identity, Table

XML = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<Response><Profile ref="a1"><screen_name>José</screen_name></Profile></Response>'
)
PROFILE = Identity("https://box.example/", id_path="Profile/@ref", name_path="Profile/screen_name", format="xml")


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("user.id", 7),
        ("list.0.name", "first"),
        ("list.1", None),
        ("list.x", None),
        ("list.-1", None),
        ("user.id.more", None),
        ("nothing", None),
    ],
)
def test_dotted_paths(path: str, value: object) -> None:
    assert at_path({"user": {"id": 7}, "list": [{"name": "first"}]}, path) == value


def test_json() -> None:
    facts = Identity("https://box.example/", id_path="user.id", name_path="user.name")
    text = '{"user": {"id": 7, "name": "José"}}'
    assert account_in_json(facts, text) == Account("7", "José", {"user": {"id": 7, "name": "José"}})
    assert account_in_json(facts, '{"user": {"id": "7", "name": null}}')[:2] == ("7", None)
    assert account_in_json(Identity("https://box.example/"), "[1]") == Account(None, None, [1])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{}", "has no user.id"),
        ('{"user": {"id": null}}', "has no user.id"),
        ('{"user": {"id": true}}', "has no user.id"),
        ('{"user": {"id": ""}}', "has no user.id"),
        ('{"user": {"id": {}}}', "has no user.id"),
        ("<p>Sign in</p>", "is not JSON"),
        ("[" * 100_000, "is not JSON"),
    ],
)
def test_json_without_the_account(text: str, message: str) -> None:
    with pytest.raises(FlowError, match=message):
        account_in_json(Identity("https://box.example/", id_path="user.id"), text)


def test_xml() -> None:
    account = account_in_xml(PROFILE, XML)
    assert account[:2] == ("a1", "José")
    assert account.data.tag == "Response"
    assert account_in_xml(PROFILE._replace(name_path="Nobody"), XML).name is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("<Response/>", "has no Profile/@ref"),
        ("<Response", "is not XML"),
        ("<Response>\x00</Response>", "is not XML"),
        ('<!DOCTYPE r [<!ENTITY a "aaaa">]><Response>&a;</Response>', "document type"),
    ],
)
def test_xml_without_the_account(text: str, message: str) -> None:
    with pytest.raises(FlowError, match=message):
        account_in_xml(PROFILE, text)


@pytest.mark.parametrize(
    ("fields", "token", "account"),
    [
        ({"id": "user_id", "name": "nick"}, {"user_id": "7", "nick": "al"}, ("7", "al")),
        ({"id": "user_id"}, {"user_id": 7, "nick": "al"}, ("7", None)),
        ({"id": "user_id", "name": "nick"}, {"user_id": "7"}, None),
        ({}, {"user_id": "7"}, None),
    ],
    ids=repr,
)
def test_the_fields_of_a_token_response(fields: Any, token: dict[str, Any], account: object) -> None:
    found = account_in_token(
        Identity(token_fields=Table(fields)), {**token, "oauth_token": "t", "oauth_token_secret": "s"}
    )
    assert (found and found[:2]) == account
    assert found is None or found.data == token


def test_what_is_no_json() -> None:
    assert parse_json("7") == 7
    for text in ("", "{", "\ud800"):
        with pytest.raises(FlowError, match="is not JSON"):
            parse_json(text)


def test_a_repr_shows_no_data() -> None:
    assert "hush" not in repr(Account("7", "al", {"email": "hush"}))
