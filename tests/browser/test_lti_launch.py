"""LTI 1.1 in a real browser: a platform's page posts its form to a tool on another site."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from html import escape
from threading import Thread
from typing import Any, NamedTuple
from urllib.parse import urlencode

import flask
import pytest
from werkzeug.serving import WSGIRequestHandler, make_server

from oauthone import Signer
from oauthone.core.encoding import form_decode
from oauthone.core.incoming_request import IncomingRequest
from oauthone.errors import LaunchError, VerificationError
from oauthone.server import Client, Launch, MemoryStore, Verifier, verify_launch

KEY, SECRET = "school + co", "the shared secret & more"
TYPE = "application/x-www-form-urlencoded"
PERSON = "Zoë 漢字 O'Neill + Söhne & <b>Co</b> 100%41"

Fields = Mapping[str, str]


class Quiet(WSGIRequestHandler):
    def log(self, *arguments: object, **named: object) -> None:
        """Log nothing."""


@contextmanager
def served(app: flask.Flask) -> Iterator[int]:
    """Serve an application and yield its port."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Tool(NamedTuple):
    """A running tool."""

    address: str
    launches: list[Launch]
    headers: list[Mapping[str, str]]


@pytest.fixture
def tool() -> Iterator[Tool]:
    """A tool on its own site. It greets the launched person, or shows why it rejects the launch."""
    app, launches, headers = flask.Flask("tool"), list[Launch](), list[Mapping[str, str]]()
    verifier = Verifier(MemoryStore([Client.create(KEY, SECRET)]), token="none")

    @app.post("/launch")
    def launch() -> Any:
        headers.append(dict(flask.request.headers))
        request = (flask.request.method, flask.request.url, flask.request.headers, flask.request.get_data())
        try:
            launched = verify_launch(verifier, IncomingRequest.from_url(*request))
        except LaunchError as refused:
            return flask.redirect(refused.return_url or "/")
        except VerificationError as refused:
            difference = verifier.explain(refused, IncomingRequest.from_url(*request)).difference
            return f"<h1>Not launched</h1><p>{refused.problem}<p>{escape(difference or '')}", refused.status
        launches.append(launched)
        role = "teacher" if "Instructor" in launched.roles else "learner"
        return f"<h1>Hello {role} {escape(launched.parameters['lis_person_name_full'])}</h1>"

    with served(app) as port:
        yield Tool(f"http://127.0.0.1:{port}", launches, headers)


class Platform(NamedTuple):
    """A running learning platform. Each page launches once, as soon as it is open."""

    address: str
    pages: dict[str, str]

    def page(self, launch_url: str, fields: Fields, posted: Fields | None = None) -> str:
        """Return the URL of a page that signs ``fields``, and posts them or others to ``launch_url``."""
        signer = Signer(KEY, SECRET, signature_type="BODY")
        signed = signer.sign("POST", launch_url, {"Content-Type": TYPE}, urlencode(fields), callback="about:blank")
        sent = {name.decode(): value.decode() for name, value in form_decode(signed.body)} | dict(posted or {})
        inputs = "".join(
            f'<textarea name="{escape(name)}">\n{escape(value)}</textarea>' for name, value in sent.items()
        )
        self.pages[name := str(len(self.pages))] = (
            f'<!doctype html><title>Course</title><form method="post" action="{escape(launch_url)}">{inputs}'
            "</form><script>document.forms[0].submit()</script>"
        )
        return f"{self.address}/page/{name}"


@pytest.fixture
def platform() -> Iterator[Platform]:
    """A platform on another site than the tool: browsers compare host names."""
    app, pages = flask.Flask("platform"), dict[str, str]()

    @app.get("/page/<name>")
    def page(name: str) -> str:
        return pages[name]

    @app.get("/return")
    def back() -> str:
        return f"<h1>Back</h1><p>{escape(flask.request.args.get('lti_errormsg', ''))}"

    with served(app) as port:
        yield Platform(f"http://localhost:{port}", pages)


@pytest.fixture
def open_page(chromium: Any) -> Iterator[Callable[[str], Any]]:
    context = chromium.new_context()
    context.set_default_timeout(10_000)

    def opened(address: str) -> Any:
        page = context.new_page()
        with page.expect_navigation(url="http://127.0.0.1:*/launch*"):
            page.goto(address)
        return page

    yield opened
    context.close()


@pytest.fixture
def fields(platform: Platform) -> dict[str, str]:
    """Return fields with the unusual characters that platforms send."""
    return {
        "lti_message_type": "basic-lti-launch-request",
        "lti_version": "LTI-1p0",
        "resource_link_id": "course/1 #2",
        "resource_link_description": 'First line\r\n\r\n  "third" line\twith a tab\r\n',
        "user_id": "42",
        "roles": "Learner,urn:lti:instrole:ims/lis/Instructor",
        "lis_person_name_full": PERSON,
        "lis_person_sourcedid": "",
        "lis_result_sourcedid": '{"data":{"instanceid":"1"},"hash":"a+b/c="}',
        "custom_colour": "a+b&c=d;e",
        "custom_": "",
        "ext_Größe": "½",
        "ext_submit": "Press to launch",
        "launch_presentation_return_url": f"{platform.address}/return?course=2&a=%20",
    }


def heading(page: Any) -> str:
    return str(page.get_by_role("heading").inner_text())


@pytest.mark.parametrize("query", ["", "?course=1&q=a%20b+c&q=%C3%A9&empty="])
def test_a_launch_across_sites(
    tool: Tool, platform: Platform, fields: dict[str, str], open_page: Callable[[str], Any], query: str
) -> None:
    """Every field arrives as the platform wrote it, and so does the query of the launch URL."""
    page = open_page(platform.page(f"{tool.address}/launch{query}", fields))

    assert heading(page) == f"Hello learner {PERSON}"
    (launch,) = tool.launches
    assert launch.parameters == fields
    assert launch.custom == {"colour": "a+b&c=d;e", "": ""}
    assert launch.verified.client_id == KEY
    assert tool.headers[0]["Sec-Fetch-Site"] == "cross-site"
    assert tool.headers[0]["Origin"] == platform.address


def test_a_reload_and_the_back_button_launch_nobody_again(
    tool: Tool, platform: Platform, fields: dict[str, str], open_page: Callable[[str], Any]
) -> None:
    """The browser posts the same form, whose nonce is used. A new page of the platform has a new nonce."""
    launching = platform.page(f"{tool.address}/launch", fields)
    page = open_page(launching)
    assert heading(page).startswith("Hello")

    page.reload()
    assert heading(page) == "Not launched"
    assert "nonce_used" in page.content()

    with page.expect_navigation(url="http://127.0.0.1:*/launch*"):
        page.goto(launching)
    assert "nonce_used" in page.content()
    assert len(tool.launches) == 1
    assert heading(open_page(platform.page(f"{tool.address}/launch", fields))).startswith("Hello")


@pytest.mark.parametrize(
    "changed", [{"roles": "Instructor"}, {"user_id": "1"}, {"custom_more": "1"}, {"lis_person_sourcedid": " "}]
)
def test_a_form_that_the_person_changed_is_refused(
    tool: Tool, platform: Platform, fields: dict[str, str], open_page: Callable[[str], Any], changed: Fields
) -> None:
    page = open_page(platform.page(f"{tool.address}/launch", fields, changed))

    assert heading(page) == "Not launched"
    assert "signature_invalid" in page.content()
    assert tool.launches == []


def test_line_breaks_that_the_browser_rewrites_are_named(
    tool: Tool, platform: Platform, fields: dict[str, str], open_page: Callable[[str], Any]
) -> None:
    """The platform signs LF, but the browser sends CR LF. So the signature is wrong, and the explanation says why."""
    page = open_page(platform.page(f"{tool.address}/launch", {**fields, "resource_link_description": "a\nb"}))

    assert heading(page) == "Not launched"
    assert "signed line breaks as LF, which browsers send as CR LF" in page.inner_text("body")


def test_a_launch_that_is_none_leads_back_to_the_platform(
    tool: Tool, platform: Platform, fields: dict[str, str], chromium: Any
) -> None:
    """The platform shows why."""
    page = chromium.new_page()
    page.goto(platform.page(f"{tool.address}/launch", {**fields, "resource_link_id": ""}))
    page.wait_for_url(f"{platform.address}/return*")

    assert heading(page) == "Back"
    assert "resource_link_id is missing" in page.inner_text("body")
    page.close()
