"""Run a box with its page and its log, until somebody stops it. The two commands that do so only read options."""

import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any, NamedTuple, TextIO

from oauthone.errors import ConfigurationError
from oauthone.testing._state import ResourceOwnerDecision
from oauthone.testing.box import ProviderBox
from oauthone.testing.canned import read_answer
from oauthone.testing.exchange import details
from oauthone.testing.eyes import Eyes
from oauthone.testing.fault_settings import with_fault
from oauthone.testing.faults import Faults
from oauthone.testing.identities import box_clients
from oauthone.testing.kept import Kept, keep
from oauthone.testing.private_page import PrivatePage, open_in_browser
from oauthone.testing.programs import environment
from oauthone.testing.terminal import Reporter, ready_event, words_at_start

#: The exit statuses: a wrong setting, and a port that is taken.
WRONG_SETTING, PORT_TAKEN = 2, 6
#: How long to wait before the terminal is read again, in seconds.
_PAUSE = 0.5


class CannotRun(Exception):
    """The box cannot run with these settings. Its text is one line.

    Args:
        words: what is wrong.
        status: the exit status.
    """

    def __init__(self, words: str, status: int = WRONG_SETTING) -> None:
        super().__init__(words)
        self.status = status


class RunOptions(NamedTuple):
    """How a box runs; see ``python -m oauthone.testing --help``."""

    command: str
    port: int = 8500
    tls: bool = False
    user: str = "alice"
    decision: ResourceOwnerDecision = None
    faults: Sequence[str] = ()
    answers: Sequence[tuple[str, str]] = ()
    name: str = "box"
    fresh: bool = False
    history: int = 500
    log: str | None = None
    open: bool = False
    as_json: bool = False
    like: str | None = None
    callbacks: Sequence[str] = ()


def run_box(options: RunOptions, browser: Callable[[str], object] = open_in_browser) -> int:
    """Run a box until Ctrl-C, and return the exit status.

    Args:
        options: the settings.
        browser: opens an address.

    Raises:
        CannotRun: a setting is wrong, or the port is taken.
    """
    with _signals_raised(), ExitStack() as stack:
        try:
            kept = _kept(options.name, fresh=options.fresh)
            log = None if options.log is None else stack.enter_context(_opened(options.log))
            box = _box(options, kept)
            kept.issue_tokens(box)
            stack.enter_context(box)
            page = stack.enter_context(Eyes(box, kept.tokens(), str(kept.key_file)).page())
            address = _talk(options, box, page, kept)
            _report(options, box, page, log, address, browser)
        except KeyboardInterrupt:
            print("stopped", file=sys.stderr)
    return 0


def print_credentials(
    name: str, method: str, *, fresh: bool = False, as_json: bool = False, origin: str = "http://127.0.0.1:8500"
) -> None:
    """Print the credentials of a box, whether it runs or not.

    Args:
        name: the name of the box.
        method: the signature method of the client.
        fresh: whether to make new ones.
        as_json: whether to print JSON instead of lines for a shell.
        origin: where the box is, or will be.

    Raises:
        CannotRun: they cannot be read or stored, or the port is 0.
    """
    kept = _kept(name, fresh=fresh)
    if origin.endswith(":0"):
        raise CannotRun("--env needs the port that the box has: with --port 0, it is known only when the box runs")
    client, token = box_clients("", kept.seed, kept.rsa_key)[method], kept.tokens()[method]
    key_file = str(kept.key_file) if client.rsa_key else None
    if not as_json:
        print(environment(client, token, key_file, origin), end="")
        return
    said = {"v": 1, "client_id": client.client_id, "client_secret": client.client_secret or None}
    more = {"base_url": origin, "rsa_key_file": key_file, "signature_method": method, **token._asdict()}
    print(json.dumps({**said, **more}))


def _kept(name: str, *, fresh: bool) -> Kept:
    try:
        return keep(name, fresh=fresh)
    except ConfigurationError as wrong:
        raise CannotRun(str(wrong)) from None
    except OSError as failure:
        raise CannotRun(f"the credentials cannot be kept in {failure.filename}: {failure.strerror}", 8) from None


def _box(options: RunOptions, kept: Kept) -> ProviderBox:
    faults = Faults()
    try:
        for given in options.faults:
            faults = with_fault(faults, *_two(given, "="))
        canned = [read_answer(target, source) for target, source in options.answers]
        box = ProviderBox(
            tls=options.tls,
            port=options.port,
            decision=options.decision,
            user=options.user,
            faults=faults,
            history=options.history,
            seed=kept.seed,
            rsa_key=kept.rsa_key,
            like=options.like,
            callbacks=options.callbacks,
        )
        box.canned.update(canned)
    except ValueError as wrong:
        raise CannotRun(str(wrong)) from None
    except OSError as failure:
        where = f"the port {options.port}: {failure.strerror}. Choose another with --port, or 0 for any free one"
        raise CannotRun(f"it cannot listen on {where}", PORT_TAKEN) from None
    return box


def _two(text: str, separator: str) -> tuple[str, str]:
    before, found, after = text.partition(separator)
    if not found:
        raise ValueError(f"{text!r} lacks the {separator!r} between name and value")
    return before, after


def _opened(path: str) -> TextIO:
    try:
        return open(path, "a", encoding="utf-8", opener=lambda name, flags: os.open(name, flags, 0o600))
    except OSError as failure:
        raise CannotRun(f"the requests cannot be written to {path}: {failure.strerror}") from None


def _talk(options: RunOptions, box: ProviderBox, page: PrivatePage, kept: Kept) -> str:
    """Say how to use the box, and return the address of its page."""
    address = page.new_address(for_command_line=options.open)
    if options.as_json:
        print(json.dumps(ready_event(box, address, kept.tokens(), str(kept.key_file))), flush=True)
        return address
    new = "new ones; " if kept.is_new else "as last time, but not the tokens of logins; "
    named = "" if options.name == "box" else f" --name {options.name}"
    port = box.origin.rpartition(":")[2]
    named += f"{'' if port == '8500' else f' --port {port}'}{' --tls' if options.tls else ''}"
    credentials = f"{new}{options.command}{named} --env prints them"
    print(words_at_start(box, address, credentials, keys=_has_keys(options)), end="", file=sys.stderr, flush=True)
    return address


def _has_keys(options: RunOptions) -> bool:
    return sys.stdin is not None and sys.stdin.isatty() and not options.as_json


def _report(
    options: RunOptions,
    box: ProviderBox,
    page: PrivatePage,
    log: TextIO | None,
    address: str,
    browser: Callable[[str], object],
) -> None:
    """Report each request, and wait until nobody listens."""
    ended = threading.Event()
    box.on_received = Reporter(box, sys.stdout, as_json=options.as_json, log=log, on_closed=ended.set)
    if options.open:
        browser(address)
    if _has_keys(options):
        threading.Thread(target=_read_letters, args=(sys.stdin, _letters(box, page)), daemon=True).start()
    ended.wait()


def _letters(box: ProviderBox, page: PrivatePage) -> dict[str, Callable[[], str]]:
    """Return what the letters do; each returns what to print."""

    def clear() -> str:
        box.requests.clear()
        return "\033[2J\033[H"

    return {"o": page.new_address, "b": lambda: _last_base_string(box), "c": clear}


def _last_base_string(box: ProviderBox) -> str:
    signed = (details(box, one)["signed"] for one in reversed([*box.requests]))
    return next((one["base_string"] for one in signed if one), "No signed request came yet.")


def _read_letters(terminal: TextIO, letters: dict[str, Callable[[], str]]) -> None:
    """Do what the letters say, until the input ends. In the background of a shell, wait until it is in front again."""
    while True:
        try:
            line = terminal.readline()
        except OSError:
            time.sleep(_PAUSE)
            continue
        if not line:
            return
        action = letters.get(line.strip().lower())
        if action is not None:
            print(action(), file=sys.stderr, flush=True)


@contextmanager
def _signals_raised() -> Generator[None, None, None]:
    """Treat the signals that end a process like Ctrl-C, so that the files of this run are deleted.

    To read from the terminal in the background is an error then; otherwise it would stop the process.
    """
    handlers: dict[str, Any] = dict.fromkeys(("SIGTERM", "SIGHUP"), signal.default_int_handler)
    handlers["SIGTTIN"] = signal.SIG_IGN
    known = {name: handler for name, handler in handlers.items() if hasattr(signal, name)}
    before = {name: signal.signal(getattr(signal, name), handler) for name, handler in known.items()}
    try:
        yield
    finally:
        for name, handler in before.items():
            signal.signal(getattr(signal, name), handler)
