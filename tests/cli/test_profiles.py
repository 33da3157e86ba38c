"""Profiles as files of TOML."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oauthone.cli import profiles
from oauthone.cli.output import CommandError
from oauthone.cli.profiles import Profile, check_name, to_toml


def test_a_profile_is_read_as_it_was_written(home: Path) -> None:
    profile = Profile(provider="discogs", client_id='a"b\\c\x7fé', origins=("https://a.example", "https://b.example"))
    profiles.write("one", profile)
    assert profiles.read("one") == profile
    assert "None" not in profiles.path_of("one").read_text("utf-8")
    assert profiles.names() == ["one"]


def test_a_file_of_windows_is_read_and_written(home: Path) -> None:
    """Its editors begin a file with a mark, and end lines with two characters."""
    path = profiles.path_of("one")
    path.parent.mkdir(parents=True)
    path.write_bytes('\ufeff# mine\r\nclient_id = "a"\r\n'.encode())
    (home / "current").write_bytes("\ufeffone\r\n".encode())
    assert profiles.read(profiles.current() or "") == Profile(client_id="a")
    profiles.write("one", Profile(client_id="b"))
    assert path.read_text("utf-8") == '# mine\nclient_id = "b"\n'


@given(st.text(st.characters(codec="utf-8")), st.lists(st.text(st.characters(codec="utf-8"))), st.booleans())
def test_the_writer_agrees_with_the_reader_of_python(text: str, texts: list[str], flag: bool) -> None:
    table = {"text": text, "texts": texts, "flag": flag, "number": 5, "real": 1.5}
    assert tomllib.loads(to_toml(table)) == table


@pytest.mark.parametrize("name", ["a", "a.b", "A_b-1", "x" * 64, "console", "com"])
def test_a_usual_name_is_taken(name: str) -> None:
    assert check_name(name) == name


@pytest.mark.parametrize(
    "name", ["", ".a", "a/b", "..", "a\\b", "-a", "x" * 65, "a b", "con", "NUL", "com1.x", "a.", "é"]
)
def test_a_name_that_is_no_name_of_a_file_is_refused(name: str) -> None:
    with pytest.raises(CommandError, match="cannot be the name of a profile"):
        check_name(name)


def test_the_current_profile(home: Path) -> None:
    assert profiles.current() is None
    profiles.write("one", Profile())
    assert profiles.current() == "one"  # the only one
    profiles.write("two", Profile())
    assert profiles.current() is None
    profiles.use("two")
    assert profiles.current() == "two"
    profiles.remove("two")
    assert (profiles.current(), profiles.names(), profiles.exists("two")) == ("one", ["one"], False)
    profiles.remove("two")


def test_a_file_of_the_current_profile_that_is_damaged_does_not_count(home: Path) -> None:
    home.mkdir()
    (home / "current").write_bytes(b"\xff")
    assert profiles.current() is None
    (home / "current").write_text("../x")
    assert profiles.current() is None


def test_a_missing_profile_names_those_that_exist(home: Path) -> None:
    profiles.write("one", Profile())
    with pytest.raises(CommandError, match="no profile 'other'") as missing:
        profiles.read("other")
    assert (missing.value.exit_status, missing.value.hint) == (8, "Profiles: one. `oauthone login` makes one.")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("client_id = 5", "'client_id' must be a string"),
        ('origins = "x"', "'origins' must be a list"),
        ('client_secret = "x"', "'client_secret' is not a setting"),
        ("client_id", "cannot be read"),
    ],
)
def test_a_mistake_in_a_file_names_the_file(home: Path, text: str, said: str) -> None:
    profiles.write("one", Profile())
    profiles.path_of("one").write_text(text)
    with pytest.raises(CommandError, match=said) as found:
        profiles.read("one")
    assert found.value.message.startswith(str(profiles.path_of("one")))


def test_comments_of_its_owner_stay(home: Path) -> None:
    first = Profile(client_id="a", base_url="https://api.example", origins=("https://api.example",), realm="r")
    profiles.write("one", first)
    path = profiles.path_of("one")
    path.write_text(path.read_text("utf-8").replace("realm", "# why\nrealm") + "# the end\n", "utf-8")
    changed = first._replace(client_id="b\\1", realm=None, method="RSA-SHA1", origins=())
    profiles.write("one", changed)
    assert profiles.read("one") == changed
    assert path.read_text("utf-8").splitlines()[0].startswith("# A profile")
    assert path.read_text("utf-8").endswith('# why\n# the end\nmethod = "RSA-SHA1"\n')


def test_a_file_in_another_style_is_written_anew(home: Path) -> None:
    """Its settings count; what the lines of a list say cannot be kept."""
    profiles.write("one", Profile())
    profiles.path_of("one").write_text('origins = [\n  "https://a.example",\n]\n[table]\n', "utf-8")
    wanted = Profile(client_id="a", origins=("https://b.example",))
    profiles.write("one", wanted)
    assert profiles.read("one") == wanted


def test_what_is_used_if_none_is_named_stays_when_another_is_added(home: Path) -> None:
    profiles.add({"one": Profile(), "two": Profile()}, "two")
    assert profiles.current() == "two"
    profiles.add({"three": Profile()})
    assert profiles.current() == "two"


def test_the_only_one_is_still_used_when_another_is_added(home: Path) -> None:
    profiles.write("one", Profile())
    profiles.add({"two": Profile()})
    assert profiles.current() == "one"


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ('store = "File"', "one of keyring, file"),
        ('method = "HMAC-MD5"', "one of HMAC-SHA1, "),
        ('placement = "x"', "one of HEADER, QUERY, BODY"),
        ('body_hash = "ALWAYS"', "one of never, auto, always"),
        ('base_url = "/a"', "a URL such as"),
        ('origins = ["https://api.example", "x"]', "a list of URLs such as"),
        ('origins = ["https://api.example", 5]', "a list of strings"),
        ('rsa_key = "a\\u0000"', "the name of a file"),
    ],
)
def test_a_setting_that_cannot_be_is_named(home: Path, line: str, problem: str) -> None:
    path = profiles.path_of("one")
    path.parent.mkdir(parents=True)
    path.write_text(f"{line}\n")
    with pytest.raises(CommandError, match=rf"one\.toml: '{line.split()[0]}' must be {problem}"):
        profiles.read("one")
    path.write_text('method = "hmac-sha256"\nplacement = "Query"\nstore = "file"\nbody_hash = "auto"\n')
    assert profiles.read("one").placement == "Query"
