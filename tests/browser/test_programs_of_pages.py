"""The programs with which the pages about logins and about a provider begin, pasted into an empty folder, in a browser.

Each runs where exactly its printed line is installed. A person walks through it with a desktop and with a phone, and
axe-core looks at each page in light and in dark.
"""

import re
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, closing
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from docs.pages import DOCS, blocks_of
from docs.programs import PORT, Environment, Started, program_of, running, running_pages

from .conftest import Profile
from .forms import heading, press

PAGES = ("flask", "django", "starlette", "fastapi")
SIZES = {"desktop": {"width": 1280, "height": 800}, "phone": {"width": 360, "height": 640}}
START, DENIED, FAILED = "My photo album", "You denied access, and that is fine", "The login failed. Please try again"


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Environment:
    return Environment(tmp_path_factory.mktemp("environments"))


@pytest.fixture(scope="module")
def programs(environment: Environment, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Started]]:
    """The programs of all pages."""
    with running_pages(PAGES, environment, tmp_path_factory.mktemp) as started:
        yield started


@pytest.fixture(scope="module")
def profiles(chromium: Any) -> Iterator[dict[str, Profile]]:
    """The browsers of a person: one on a desktop, one on a phone."""
    with ExitStack() as stack:
        yield {name: stack.enter_context(closing(Profile(chromium, viewport=size))) for name, size in SIZES.items()}


@pytest.fixture(params=SIZES)
def person(request: pytest.FixtureRequest, profiles: dict[str, Profile]) -> Iterator[Profile]:
    with profiles[request.param].opened() as profile:
        yield profile


#: The colour on which the browser draws the page.
GROUND = """() => {
  const probe = document.body.appendChild(document.createElement("i"));
  probe.style.color = "canvas";
  const colour = getComputedStyle(probe).color;
  probe.remove();
  return colour;
}"""
AXE = (files("axe_playwright_python") / "axe.min.js").read_text("utf-8")
#: In the dark, only colours can differ.
LOOKS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("light", "rgb(255, 255, 255)", {}),
    ("dark", "rgb(18, 18, 18)", {"runOnly": ["color-contrast", "link-in-text-block"]}),
)


def look(page: Any) -> str:
    """Return the heading of a page that fits the screen, and in which axe-core finds no fault in light and in dark."""
    page.evaluate(AXE)
    for scheme, ground, rules in LOOKS:
        page.emulate_media(color_scheme=scheme)
        assert page.evaluate(GROUND) == ground
        found = page.evaluate("rules => axe.run({ resultTypes: ['violations'], ...rules })", rules)
        assert [(one["id"], one["nodes"][0]["html"]) for one in found["violations"]] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    return heading(page)


@pytest.fixture(params=PAGES)
def address(request: pytest.FixtureRequest, programs: dict[str, Started]) -> str:
    """The URL of each program."""
    return programs[request.param].address()


def begin(person: Profile, address: str) -> Any:
    """Open the program and press its button, up to the provider's question."""
    page = person.new_page()
    page.goto(address)
    press(page, "Log in")
    assert heading(page).startswith("Allow ")
    return page


@pytest.mark.covering
def test_log_in_and_out(address: str, person: Profile) -> None:
    page = person.new_page()
    page.goto(address)
    assert look(page) == START

    press(page, "Log in")
    press(page, "Approve")
    assert look(page) == "Hello, alice"
    assert page.url == address
    page.reload()
    assert heading(page) == "Hello, alice"

    press(page, "Log out")
    assert heading(page) == START
    page.go_back()
    assert heading(page) == START


@pytest.mark.covering
def test_denial(address: str, person: Profile) -> None:
    """A page that says so, with a button to start again."""
    page = begin(person, address)

    press(page, "Deny")

    assert look(page) == DENIED
    press(page, "Log in")
    press(page, "Approve")
    assert heading(page) == "Hello, alice"


@pytest.mark.covering
def test_forged_callback(address: str, person: Profile) -> None:
    """A callback of nobody's login logs nobody in, and leaves a visitor who is logged in alone."""
    page = person.new_page()

    answer = page.goto(f"{address}callback?oauth_token=forged&oauth_verifier=forged")

    assert (answer.status, look(page)) == (400, FAILED)
    press(page, "Log in")
    press(page, "Approve")
    assert heading(page) == "Hello, alice"
    page.goto(f"{address}callback?oauth_token=forged&oauth_verifier=forged")
    assert (page.url, heading(page)) == (address, "Hello, alice")


@pytest.mark.covering
def test_lost_session(address: str, person: Profile) -> None:
    """The browser comes back without its cookies. The next login works."""
    page = begin(person, address)
    person.clear_cookies(name=re.compile("^(?!oauthone_box)"))

    with page.expect_response(f"{address}callback*") as answer:
        press(page, "Approve")

    assert (answer.value.status, look(page)) == (400, FAILED)
    press(page, "Log in")
    press(page, "Approve")
    assert heading(page) == "Hello, alice"


@pytest.mark.covering
def test_form_of_another_site(address: str, person: Profile) -> None:
    """It can neither start a login nor log the visitor out."""
    page = begin(person, address)
    press(page, "Approve")
    for path in ("login", "logout"):
        page.goto("about:blank")
        page.set_content(f'<form method="post" action="{address}{path}"><button>Win a prize</button></form>')
        with page.expect_response(f"{address}{path}") as answer:
            press(page, "Win a prize")
        assert answer.value.status == 403
    page.goto(address)
    assert heading(page) == "Hello, alice"


@pytest.mark.covering
def test_the_address_of_a_button(address: str, person: Profile) -> None:
    """Typed into the browser, it leads to the start page."""
    page = person.new_page()
    for path in ("login", "logout"):
        answer = page.goto(f"{address}{path}")
        assert (answer.status, page.url, heading(page)) == (200, address, START)


@pytest.fixture(scope="module")
def provider(environment: Environment, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of the program that is a provider."""
    with running(program_of("provider"), environment, tmp_path_factory.mktemp("provider")) as started:
        yield started.address()


@pytest.fixture
def application(provider: str, environment: Environment, tmp_path: Path) -> Iterator["subprocess.Popen[str]"]:
    """The second program of that page. It asks for a code."""
    program = program_of("provider")
    (block,) = (block for block in blocks_of(DOCS / "provider.md") if block.file == "client.py")
    (tmp_path / "client.py").write_text(block.text.replace(f"http://127.0.0.1:{PORT}", provider.rstrip("/")), "utf-8")
    command = [environment.bin_of(program.requirements) / "python", "-I", "client.py"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=tmp_path, stdin=pipe, stdout=pipe, stderr=pipe, text=True) as process:
        yield process
        process.kill()


def signed_in(person: Profile, application: "subprocess.Popen[str]") -> Any:
    """Open the address that the application prints, and sign in at the provider."""
    assert application.stdout is not None
    page = person.new_page()
    page.goto(application.stdout.readline().removeprefix("Open ").strip())
    assert look(page) == "Who are you?"
    press(page, "I am alice")
    assert look(page) == "May Photo printer see your photos, alice?"
    return page


def test_a_provider_approves(person: Profile, application: "subprocess.Popen[str]") -> None:
    """The page shows a code, with which the application gets its token."""
    page = signed_in(person, application)

    press(page, "Approve")

    said, _, code = look(page).partition(": ")
    assert said == "Type this code into the application"
    assert application.communicate(code + "\n", timeout=30)[0].endswith(
        "{'photos': ['sea.jpg', 'sky.jpg'], 'user': 'alice'}\n"
    )


def test_a_provider_denies(person: Profile, application: "subprocess.Popen[str]") -> None:
    """There is no code, and the request cannot be decided again."""
    page = signed_in(person, application)
    asked = page.url

    press(page, "Deny")

    assert look(page) == "The application gets no access"
    assert page.goto(asked).status == 400
    assert look(page) == "This request has expired. Go back and start again"


def test_a_provider_wants_its_own_form(person: Profile, application: "subprocess.Popen[str]") -> None:
    """A form of another site approves nothing, even where the person is signed in."""
    page = signed_in(person, application)
    asked = page.url
    action, token = asked.partition("?")[0], asked.partition("oauth_token=")[2]
    page.goto("about:blank")
    fields = f'<input name="oauth_token" value="{token}"><input name="choice" value="Approve">'
    page.set_content(f'<form method="post" action="{action}">{fields}<button>Win a prize</button></form>')

    with page.expect_response(action) as answer:
        press(page, "Win a prize")

    assert answer.value.status == 403
    page.goto(asked)
    assert heading(page) == "May Photo printer see your photos, alice?"
