"""The comparison of two runs fails where anything differs that is not listed, and where the judges do not agree."""

import pytest

from interop import comparison, judge
from interop.recording import NO_ROUTE, OPEN, VERIFIED, Recorded, Signed
from interop.runs import Run
from oauthone import Signer

URL = "https://api.example/photos?q=a"
CLIENTS = {"client": ("client secret", None)}
TOKENS = {"token": "token secret"}
BODY = "--boundary-1\r\nx\r\n--boundary-1--"


def signed(url: str = URL, secret: str = "token secret", **headers: str) -> Recorded:
    """A request as a box has received it, over a client that signs rightly."""
    signer = Signer("client", "client secret", token="token", token_secret=secret)
    authorization = signer.sign("POST", url, {"Content-Type": "text/plain"}, b"x").authorization
    given = {"host": "api.example", "authorization": str(authorization), "content-type": "text/plain"}
    given |= {name.replace("_", "-"): value for name, value in headers.items()}
    return Recorded("POST", url, list(given.items()), "x", VERIFIED)


def run(*recorded: Recorded, over: str = "theirs", failure: str = "", **returned: object) -> Run:
    return Run(over, failure, list(returned.items()), list(recorded), {"random": "token 1"}, TOKENS, CLIENTS)


def failures(theirs: Run, ours: Run, listed: dict[str, str] | None = None) -> list[str]:
    return comparison.failures(theirs, ours._replace(over="ours"), listed or {})


def test_two_runs_that_differ_only_in_what_is_new_in_each_are_the_same() -> None:
    """Nonce, timestamp, signature, boundary and issued tokens differ from run to run."""
    form = {"content_type": "multipart/form-data; boundary=boundary-1", "content_length": str(len(BODY))}
    values = [1, None, {"a": "random"}]
    first = run(signed(**form)._replace(body=BODY), url="https://a/?oauth_token=random", values=values)
    boundary = {**form, "content_type": form["content_type"].replace("-1", "-2")}
    other = run(
        signed(**boundary)._replace(body=BODY.replace("-1", "-2")),
        url="https://a/?oauth_token=other",
        values=[1, None, {"a": "other"}],
    )._replace(secrets={"other": "token 1"})

    assert failures(first, other) == []


def planted(recorded: Recorded, **changed: object) -> tuple[Run, Run]:
    return run(recorded), run(recorded._replace(**changed))


HEADERS = signed().headers


@pytest.mark.parametrize(
    ("changed", "where"),
    [
        ({"body": "y"}, "request 1, body"),
        ({"url": URL + "&b"}, "request 1, target"),
        ({"headers": [*HEADERS, ("accept", "*/*")]}, "request 1, header accept"),
        ({"headers": [*HEADERS[::-1]]}, "request 1, order of the headers"),
        ({"headers": [*HEADERS[:2], ("content-type", "text/plain; charset=utf-8")]}, "request 1, header content-type"),
    ],
)
def test_a_planted_difference_in_a_request_is_found(changed: dict[str, object], where: str) -> None:
    theirs, ours = planted(signed()._replace(headers=HEADERS), **changed)

    assert where in [one.where for one in comparison.differences(theirs, ours)]
    assert any(line.startswith(f"{where}\n") for line in failures(theirs, ours))


def test_the_order_of_the_parameters_counts() -> None:
    request = signed()
    scheme, _, parameters = request.header("authorization").partition(" ")
    swapped = f"{scheme} {', '.join(reversed(parameters.split(', ')))}"
    headers = [(name, swapped if name == "authorization" else value) for name, value in request.headers]

    assert [one.where for one in comparison.differences(*planted(request, headers=headers))] == [
        "request 1, header authorization"
    ]


def test_a_request_or_a_result_that_is_missing_is_found() -> None:
    theirs, ours = run(signed(), signed(), user="alice"), run(signed(), User="alice")

    found = comparison.differences(theirs, ours)

    assert {"request 2, method", "returned: user", "returned: User"} <= {one.where for one in found}
    assert next(one for one in found if one.where == "returned: user").ours is None


def test_a_result_of_another_type_is_another() -> None:
    assert failures(run(signed(), value="1"), run(signed(), value=1)) != []


def test_a_listed_difference_is_no_failure_and_has_to_be_there() -> None:
    theirs, ours = run(signed(), value="1", other=1), run(signed(), value="2", other=1)

    assert failures(theirs, ours, {"returned: val*": "a reason"}) == []
    assert failures(theirs, ours, {"returned: val*": "a reason", "returned: other": "a reason"}) == [
        "take it off the list, it is the same: returned: other"
    ]


@pytest.mark.parametrize(
    ("broken", "says"),
    [
        (run(signed(), failure="Traceback: oh"), "over theirs: Traceback: oh"),
        (run(signed(), over=""), "over theirs: it ran over nothing"),
        (run(signed(), over="ours"), "over theirs: it ran over ours"),
        (run(signed(), signed()._replace(verdict=NO_ROUTE)), f"over theirs: no route for POST {URL}"),
        (run(signed()._replace(verdict=OPEN)), "over theirs: the box verified no request"),
        (run(), "over theirs: the box verified no request"),
    ],
)
def test_a_worthless_run_fails_even_if_the_other_one_is_the_same(broken: Run, says: str) -> None:
    assert says in comparison.failures(broken, broken, {})


def test_oauthlib_has_to_agree_with_the_box() -> None:
    """A request that the box verified by mistake, and one that it refused by mistake, are objected to."""
    wrong = signed(secret="wrong")
    assert list(judge.objections(run(signed(), wrong._replace(verdict="refused: the signature does not match")))) == []
    assert list(judge.objections(run(signed(), wrong))) == ["request 2: oauthlib refuses it, the box: verified"]
    assert list(judge.objections(run(signed()._replace(verdict="refused: no reason")))) == [
        "request 1: oauthlib accepts it, the box: refused: no reason"
    ]
    assert failures(run(wrong), run(wrong)) == [
        "over theirs: request 1: oauthlib refuses it, the box: verified",
        "over ours: request 1: oauthlib refuses it, the box: verified",
    ]


def test_oauthlib_judges_what_the_provider_read() -> None:
    right = signed()
    read = Signed(right.method, right.url, right.headers, right.body)
    assert list(judge.objections(run(right._replace(url=URL + "&more", read=read)))) == []
    assert len(list(judge.objections(run(right._replace(url=URL + "&more"))))) == 1
