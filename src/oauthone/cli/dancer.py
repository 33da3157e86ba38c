"""Performs the effects of a login: the listener, the browser, the terminal, the provider and the vault."""

import re
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import click

from oauthone.cli import dance, pending, saving
from oauthone.cli.browser import has_browser, is_remote, open_browser
from oauthone.cli.listener import Listener
from oauthone.cli.login_plan import Plan, session_of
from oauthone.cli.output import CommandError, Exit, common, say, visible
from oauthone.cli.race import Race
from oauthone.cli.reading import unquoted
from oauthone.cli.signals import uninterrupted
from oauthone.cli.vault import Vault
from oauthone.core.flow import OUT_OF_BAND
from oauthone.core.urls import host_of_url
from oauthone.errors import TokenResponseError

#: After so many texts without a code, only the listener waits.
MAX_WRONG_TEXTS = 3
#: What an answer says of a callback that is refused. A base string in it has the name of the parameter, too.
_OF_CALLBACK = re.compile(r"\b415\b|callback(?!=|%3D)|'oob'", re.IGNORECASE)
_LOOPBACK = ("127.0.0.1", "localhost", "[::1]", "::1")


class Dancer:
    """The handler of a login's effects.

    Args:
        plan: the plan.
        vault: where the token will be kept.
        given: the options of the command.
        temporary: temporary credentials of a login that began in another process.
        began: when it began.
    """

    def __init__(
        self,
        plan: Plan,
        vault: Vault,
        given: Mapping[str, Any],
        temporary: Mapping[str, Any] | None = None,
        began: float | None = None,
    ) -> None:
        self._plan, self._vault, self._given = plan, vault, given
        self._began = time.time() if began is None else began
        self._session = session_of(plan, temporary)
        self._listener: Listener | None = None
        self._race = Race(reads_stdin=common().asks)
        self._is_pending = temporary is not None

    def close(self) -> None:
        """Close what is open; forget what is pending if the login ended early."""
        self._session.close()
        self._race.__exit__(None, None, None)
        if self._listener:
            self._listener.stop()

    def __call__(self, effect: dance.Effect) -> Any:
        """Perform one effect, and return its outcome."""
        match effect:
            case dance.Listen():
                return self._listen(self._given.get("callback") or "auto")
            case dance.FetchTemporary(callback):
                return self._fetch_temporary(callback)
            case dance.KeepPending(token):
                self._is_pending = True
                return pending.keep(self._plan, self._vault, token)
            case dance.DropPending():
                return self.drop()
            case dance.Show(token, callback):
                return self._show(token, callback)
            case dance.AwaitAnswer(wrong):
                return self._await(wrong)
            case dance.ReadAnswer(text):
                return self._read(text)
            case dance.Say(text):
                return say(text)
            case dance.FetchToken():
                return self._fetch_token()

    def drop(self) -> None:
        """Forget the temporary credentials, if there are any."""
        if self._is_pending:
            self._is_pending = False
            pending.drop(self._plan, self._vault)

    def _listen(self, wanted: str) -> str:
        """Open the listener if the callback leads here; return the callback."""
        facts = self._plan.provider.callback if self._plan.provider else None
        if wanted == "auto":
            wanted = "oob" if facts and facts.sent in ("registered", "none") else ""
        if wanted not in ("", OUT_OF_BAND) and "://" not in wanted:
            raise CommandError(Exit.USAGE, f"--callback wants auto, oob or a URL, not {wanted!r}.")
        listens = not wanted or (host_of_url(wanted) in _LOOPBACK and wanted.startswith("http://"))
        if self._given.get("begin"):
            return wanted or OUT_OF_BAND
        if not listens:
            if not common().asks:
                raise CommandError(
                    Exit.USAGE, "Nobody can paste a code here.", "In two runs: oauthone login … --begin, then --finish"
                )
            return wanted
        self._listener = Listener(wanted or None)
        self._listener.deliver = self._race.deliver
        return self._listener.url

    def _fetch_temporary(self, callback: str) -> dict[str, Any]:
        self._session.redirect_uri = None if callback == OUT_OF_BAND else callback
        chosen, _ = self._chosen()
        url = None if self._plan.provider else self._plan.profile.request_token_url
        try:
            found: dict[str, Any] = self._session.fetch_request_token(url, **chosen)
        except TokenResponseError as failure:
            secret = self._plan.credentials.client_secret
            raise _refused_secret(failure, secret) or _refused_callback(failure, callback) or failure from None
        if self._listener:
            self._listener.token = str(found["oauth_token"])
            self._listener.start()
        return found

    def _chosen(self) -> tuple[dict[str, str], dict[str, str]]:
        """Return the parameters that were chosen for the first leg, and those for the page."""
        endpoint = self._plan.provider.temporary_credentials if self._plan.provider else None
        known = {*endpoint.parameters} if endpoint else set[str]()
        chosen = self._plan.chosen
        first = {name: value for name, value in chosen.items() if name in known}
        return first, {name: value for name, value in chosen.items() if name not in known}

    def _show(self, token: dict[str, Any], callback: str) -> str:
        """Print the URL, and then open the browser."""
        _, chosen = self._chosen()
        page = None if self._plan.provider else self._plan.profile.authorize_url
        url = self._session.create_authorization_url(page, str(token["oauth_token"]), **chosen)
        if self._given.get("begin"):
            return url
        opens = not self._given.get("no_browser") and (self._given.get("browser") or has_browser())
        words = "Opening your browser. If none opens, visit" if opens else "Open this address in any browser:"
        click.echo(visible(f"{words}\n  {url}"), err=True)
        if not opens and self._listener and is_remote():
            port = urlsplit(self._listener.url).port
            say(f"For a browser on your own machine to come back here, run there: ssh -L {port}:127.0.0.1:{port} HOST")
        if callback == OUT_OF_BAND or not self._listener:
            say("No code? You were sent to the registered address: paste it, even if that page shows an error.")
        if opens:
            open_browser(url, self._given.get("browser"))
        return url

    def _await(self, wrong: int) -> str:
        """Wait for whichever comes first. After some wrong texts only the listener waits."""
        pastes = common().asks and wrong < MAX_WRONG_TEXTS
        self._race.reads_stdin = pastes
        if not self._listener and wrong:
            _give_up(wrong)
        seconds = float(self._given.get("timeout") or 300)
        left = seconds - (time.time() - self._began)
        paste = "Paste the code here, or the address that you end up at: "
        if pastes:
            click.echo(f"Waiting for {left:.0f} s. {paste}" if self._listener else paste, err=True, nl=False)
        answer = self._race.wait(left)
        if pastes and (answer is None or answer.startswith("/")):
            click.echo(err=True)  # nobody ended the line of the prompt
        if answer is None:
            raise CommandError(
                Exit.NO_TOKEN,
                f"Nobody decided within {seconds:.0f} s, so the address is dead.",
                "Start again; --timeout waits longer.",
                code="timeout",
            )
        return answer

    def _read(self, text: str) -> None:
        text = unquoted(text)
        needs_none = self._plan.provider is not None and self._plan.provider.verifier == "none"
        if text or not needs_none:
            self._session.parse_authorization_response(text)

    def _fetch_token(self) -> dict[str, Any]:
        """Fetch the token and save it. Ctrl-C waits until that is done."""
        url = None if self._plan.provider else self._plan.profile.access_token_url
        with uninterrupted():
            try:
                found: dict[str, Any] = self._session.fetch_access_token(url)
            except TokenResponseError as failure:
                if failure.status not in (400, 401, 403):
                    raise
                raise _refused_code(failure, self._plan.name) from None
            saving.save_token(self._plan, self._vault, found, self._began)
            self.drop()
        return found


def _give_up(wrong: int) -> None:
    if wrong >= MAX_WRONG_TEXTS:
        raise CommandError(
            Exit.NO_TOKEN, "Three texts held no code of this login.", "Begin again: the address is dead soon.",
            code="no_code",
        )  # fmt: skip


def _refused_secret(failure: TokenResponseError, secret: str | None) -> CommandError | None:
    """Return what is odd about the shape of a secret that does not fit, and never its value."""
    if secret is None or not {failure.problem, failure.error} & {"signature_invalid", "consumer_key_unknown"}:
        return None
    ends = " and begins or ends in white space" if secret != secret.strip() else ""
    return CommandError(
        Exit.NO_TOKEN,
        f"{failure.problem}: the consumer secret does not fit the key (it has {len(secret)} characters{ends}).",
        "Copy both again from the page of your application. If they are right, run: oauthone doctor",
        code=str(failure.problem),
    )


def _refused_code(failure: TokenResponseError, name: str) -> CommandError:
    """Return what to do if the last leg is refused: what differs there from the first is what a person typed."""
    said = failure.problem or failure.description
    return CommandError(
        Exit.NO_TOKEN,
        f"The provider refused the code: {said}. A character of it may be wrong, or it may be too old or used.",
        f"A new login gives a new code: oauthone login -p {name}",
        code="code_refused",
    )


def _refused_callback(failure: TokenResponseError, callback: str) -> CommandError | None:
    """Return what to do if the provider takes registered callbacks only."""
    if not _OF_CALLBACK.search(failure.body):
        return None
    return CommandError(
        Exit.NO_TOKEN,
        f"The provider refuses the callback {callback}: {failure.problem or failure.description}",
        "Register that address with the provider, or give yours: --callback URL, or --callback oob",
        code="callback_refused",
    )
