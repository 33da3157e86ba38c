"""The wheel contains the package and nothing else, works with nothing else installed, and is released on purpose."""

import runpy
import subprocess
import sys
import zipfile
from collections.abc import Callable
from email.message import Message
from email.parser import Parser
from pathlib import Path
from typing import Any

import pytest

import oauthone

ROOT = Path(__file__).parents[1]
METADATA = runpy.run_path(str(ROOT / "release" / "metadata.py"))
READINESS = runpy.run_path(str(ROOT / "release" / "readiness.py"))
CONTENTS = runpy.run_path(str(ROOT / "release" / "contents.py"))
LOWEST = runpy.run_path(str(ROOT / ".ci" / "lowest_versions.py"))


def run(*command: str | Path, cwd: Path | None = None) -> str:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=50)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def built(project: Path, folder: Path) -> Path:
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder, cwd=project)
    (found,) = folder.iterdir()
    return found


def metadata_of(wheel: Path) -> Message:
    with zipfile.ZipFile(wheel) as opened:
        (name,) = (name for name in opened.namelist() if name.endswith("/METADATA"))
        return Parser().parsestr(opened.read(name).decode())


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(ROOT, tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def dropin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(ROOT / "dropin", tmp_path_factory.mktemp("dropin"))


def test_the_wheel_holds_the_package_and_nothing_else(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    name, version = wheel.name.split("-")[:2]
    assert {Path(entry).parts[0] for entry in names} == {"oauthone", f"{name}-{version}.dist-info"}
    sources = {path.relative_to(ROOT / "src").as_posix() for path in (ROOT / "src").rglob("*.py")}
    package = ROOT / "src" / "oauthone"
    others = [*(package / "providers" / "data").rglob("*.toml"), *package.glob("*/pages/*.*")]
    data = {path.relative_to(ROOT / "src").as_posix() for path in others}
    assert {entry for entry in names if entry.startswith("oauthone/")} == {*sources, *data, "oauthone/py.typed"}
    assert len(data) > 60


def test_the_wheel_requires_nothing_unless_an_extra_is_asked_for(wheel: Path) -> None:
    headers = metadata_of(wheel)
    assert [need for need in headers.get_all("Requires-Dist", []) if "extra ==" not in need] == []
    assert (headers["License-Expression"], headers["Requires-Python"]) == ("BSD-3-Clause", ">=3.11")


def test_both_distributions_have_one_version_and_need_each_other_in_it(wheel: Path, dropin: Path) -> None:
    """Each version is stated once: in the package."""
    authlib = runpy.run_path(str(ROOT / "dropin" / "authlib" / "__init__.py"))["__version__"]
    assert [metadata_of(one)["Version"] for one in (wheel, dropin)] == [oauthone.__version__, authlib]
    assert authlib == oauthone.__version__
    assert metadata_of(dropin).get_all("Requires-Dist") == [f"oauthone=={authlib}"]


@pytest.mark.parametrize("of", ["wheel", "dropin"])
def test_the_built_page_and_the_urls_lead_into_the_repository(request: pytest.FixtureRequest, of: str) -> None:
    headers = metadata_of(request.getfixturevalue(of))
    page, urls = headers.get_payload(), headers.get_all("Project-URL")
    address = METADATA["REPOSITORY"] or METADATA["PLACEHOLDER"]
    assert isinstance(page, str)
    assert urls is not None
    links = [link for link in _links(page) if not link.startswith("https://www.rfc-editor.org/")]
    assert links
    assert [link for link in links if not link.startswith((f"{address}/blob/v", f"{address}/tree/v"))] == []
    assert {name: url for name, _, url in (one.partition(", ") for one in urls)} == METADATA["urls"](headers["Version"])


def _links(page: str) -> list[str]:
    return [part.partition(")")[0] for part in page.split("](")[1:]]


def test_a_link_is_made_absolute_from_the_folder_of_its_page() -> None:
    page = "[a](docs/x.md#y) [b](../LICENSE) [c](#here) [d](https://e.example/f) [g](examples) [h](mailto:i@j.example)"
    absolute = METADATA["with_absolute_links"](page, "dropin", "1.2.3", "https://host.example/us/it")
    assert _links(absolute) == [
        "https://host.example/us/it/blob/v1.2.3/dropin/docs/x.md#y",
        "https://host.example/us/it/blob/v1.2.3/LICENSE",
        "#here",
        "https://e.example/f",
        "https://host.example/us/it/tree/v1.2.3/dropin/examples",
        "mailto:i@j.example",
    ]


def test_an_address_that_is_not_known_cannot_be_mistaken_for_one() -> None:
    """Nothing can ever answer there."""
    assert METADATA["PLACEHOLDER"].split("/")[2].endswith(".invalid")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """What `readiness` reads of a checkout, ready for the release of 1.2.3."""
    files = {
        "release/metadata.py": 'REPOSITORY: Final = "https://host.example/us/oauthone"\n',
        "src/oauthone/__init__.py": '__version__ = "1.2.3"\n',
        "dropin/authlib/__init__.py": '__version__ = "1.2.3"\n',
        "README.md": "# oauthone\n",
        "CHANGELOG.md": "# Changelog\n\n## [Unreleased]\n\n## [1.2.3] - 2030-01-02\n",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    return tmp_path


@pytest.mark.parametrize("tag", ["", "v1.2.3"])
def test_a_checkout_that_is_ready_can_be_released(checkout: Path, tag: str) -> None:
    assert READINESS["obstacles"](checkout, tag) == []


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        ("release/metadata.py", 'REPOSITORY: Final = ""', "fill in REPOSITORY"),
        ("release/metadata.py", 'REPOSITORY: Final = "https://host.example/us/oauthone/"', "fill in REPOSITORY"),
        ("release/metadata.py", 'REPOSITORY: Final = "http://host.example/us/oauthone"', "fill in REPOSITORY"),
        ("src/oauthone/__init__.py", '__version__ = "1.2.4"', "the same version"),
        ("README.md", READINESS["NOTICE"], "delete the notice"),
        ("CHANGELOG.md", "## [Unreleased]", "no heading"),
        ("CHANGELOG.md", "## [1.2.3] - soon", "no heading"),
    ],
)
def test_a_checkout_that_is_not_ready_cannot_be_released(checkout: Path, file: str, text: str, said: str) -> None:
    (checkout / file).write_text(text + "\n", "utf-8")
    assert any(said in one for one in READINESS["obstacles"](checkout))


def test_a_tag_has_to_name_the_version(checkout: Path) -> None:
    assert [one for one in READINESS["obstacles"](checkout, "v1.2.4") if "the tag is 'v1.2.4'" in one]


@pytest.mark.parametrize("version", ["1.2", "1.2.3.dev0", "", "1.2.3+local"])
def test_only_a_version_for_others_can_be_released(checkout: Path, version: str) -> None:
    for name in ("src/oauthone", "dropin/authlib"):
        (checkout / name / "__init__.py").write_text(f'__version__ = "{version}"\n', "utf-8")
    assert [one for one in READINESS["obstacles"](checkout) if "not a version to release" in one]


def test_how_to_install_from_a_checkout_is_said_in_one_place() -> None:
    """The release deletes that place."""
    found: dict[str, int] = {}
    for page in [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *(ROOT / "dropin").glob("*.md")]:
        text = page.read_text("utf-8")
        if number := text.count("pip install .") + text.count("pip install '."):
            found[page.relative_to(ROOT).as_posix()] = number
    readme = (ROOT / "README.md").read_text("utf-8")
    before, _, notice = readme.partition(READINESS["NOTICE"])
    assert found == ({"README.md": 3} if notice else {})
    assert "pip install ." not in before + notice.partition("<!-- until here -->")[2]


def test_what_an_archive_contains_is_compared_in_both_directions() -> None:
    differences: Callable[..., list[str]] = CONTENTS["differences"]
    lines = ["# a comment", "a/*.py", "b/**", "c.txt"]
    assert differences(["a/x.py", "b/y/z.py", "c.txt"], lines) == []
    assert differences(["a/x.py", "b/y/z.py", "c.txt", "a/y/x.py"], lines) == [
        "a/y/x.py is in the archive, but not in the list"
    ]
    assert differences(["a/x.py", "c.txt"], lines) == ["b/** is in the list, but matches nothing in the archive"]


def test_a_list_that_is_written_anew_keeps_its_patterns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(CONTENTS["list_of"].__globals__, "LISTS", tmp_path)
    (tmp_path / "a.wheel.txt").write_text("# a comment\na/gone.py\na/data/*.toml\n", "utf-8")
    archive = tmp_path / "a-1-py3-none-any.whl"
    with zipfile.ZipFile(archive, "w") as opened:
        for name in ("a/data/x.toml", "a/data/more/y.toml", "a/z.py"):
            opened.writestr(name, "")
    CONTENTS["accept"](archive)
    lines = ["# a comment", "a/data/*.toml", "a/data/more/y.toml", "a/z.py"]
    assert (tmp_path / "a.wheel.txt").read_text("utf-8").splitlines() == lines


@pytest.mark.parametrize("of", ["wheel", "dropin"])
def test_no_list_of_a_wheel_has_tests(request: pytest.FixtureRequest, of: str) -> None:
    path = CONTENTS["list_of"](request.getfixturevalue(of))
    names = [line for line in path.read_text("utf-8").splitlines() if not line.startswith("#")]
    assert {name.partition("/")[0].partition(".")[0] for name in names} <= {"oauthone", "authlib", "oauthone_authlib"}


def test_the_lowest_versions_are_those_of_the_extras() -> None:
    extras = {"a": ["one>=1.2"], "b": ["two[x]>=3", "one>=1.2"], "c": ["oauthone[a,b]"]}
    assert LOWEST["lowest"](extras) == {"one": "1.2", "two": "3"}


@pytest.mark.parametrize("extras", [{"a": ["one"]}, {"a": ["one>=1"], "b": ["one>=2"]}])
def test_each_dependency_has_one_lower_bound(extras: Any) -> None:
    with pytest.raises(ValueError, match="lower bound"):
        LOWEST["lowest"](extras)


SIGN = """
from importlib.metadata import distributions
from oauthone import Signer

url = "https://api.example/x"
hmac = Signer("key", "secret").sign("GET", url).authorization
plaintext = Signer("key", "secret", signature_method="PLAINTEXT").sign("GET", url).authorization
assert 'oauth_signature_method="HMAC-SHA1"' in hmac, hmac
assert 'oauth_signature="secret%26"' in plaintext, plaintext
assert [found.name for found in distributions()] == ["oauthone"]
"""


def test_the_wheel_signs_in_an_empty_environment(wheel: Path, tmp_path: Path) -> None:
    """Installed without an index: HMAC-SHA1 and PLAINTEXT need the standard library alone."""
    run(sys.executable, "-m", "venv", "--without-pip", tmp_path / "empty")
    python = tmp_path / "empty" / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    run(sys.executable, "-m", "pip", "--python", python, "install", "-q", "--no-index", wheel)
    run(python, "-I", "-c", SIGN, cwd=tmp_path)
