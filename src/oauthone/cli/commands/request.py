"""``oauthone request``, ``get``, ``post`` and the others: send a signed request."""

from typing import Any

import click
from requests import Request, Response

from oauthone.cli.curl_options import BodyCommand, body_options, read_draft
from oauthone.cli.curl_words import check_words, harmless_options
from oauthone.cli.destinations import absolute, check_origin
from oauthone.cli.explaining import refuses_oauth
from oauthone.cli.last_refusal import keep_last
from oauthone.cli.options import common_options, signing_options
from oauthone.cli.output import CommandError, Exit, common, detail, say, write_object
from oauthone.cli.sending import session_of, unsigned_hops, would_send
from oauthone.cli.settings import Settings, resolve
from oauthone.cli.showing import (
    LETTERS,
    Sent,
    masked_url,
    members_of,
    parts_of,
    print_parts,
    show_anatomy,
    show_details,
    show_request,
)
from oauthone.cli.uploads import multipart_of, open_upload, with_file_name
from oauthone.clients.requests import OAuth1Session
from oauthone.core.masking import printable
from oauthone.core.urls import origin

METHODS = ("get", "post", "put", "patch", "delete", "head")


#: Systems refuse much longer times.
_LONGEST_WAIT = 10**8
_ALL_PARTS = "--json has status, headers, body and base string in any case; --dry-run the head and the body."


def _letters_of_parts(context: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    """Check the letters of ``--print``."""
    wrong = [letter for letter in value or "" if letter not in LETTERS]
    if wrong:
        raise click.BadParameter(f"{wrong[0]!r} is none of {', '.join(LETTERS)}.", context, parameter)
    return value


def _patience(context: click.Context, parameter: click.Parameter, value: float | None) -> float | None:
    """Check the number of seconds, which the system has to understand."""
    if value is not None and not 0 <= value <= _LONGEST_WAIT:
        raise click.BadParameter(f"{value:g} is not a number of seconds from 0 to {_LONGEST_WAIT}.", context, parameter)
    return value


def _transfer_options(command: Any) -> Any:
    for names, options in reversed(_TRANSFER.items()):
        command = click.option(*names, **options)(command)
    return harmless_options(command)


_TRANSFER: dict[tuple[str, ...], dict[str, Any]] = {
    ("-T", "--upload-file", "upload"): {"metavar": "FILE", "help": "Send a file as the body; - reads stdin."},
    ("-F", "--form"): {
        "multiple": True,
        "metavar": "PART",
        "help": "A part of a multipart body: NAME=TEXT, NAME=@FILE, or NAME=<FILE for its text; ;type= may follow.",
    },
    ("-o", "--output"): {"metavar": "FILE", "help": "Write the body to a file; - for stdout."},
    ("-i", "--include"): {"is_flag": True, "help": "Print status and headers, too."},
    ("--print", "parts"): {
        "metavar": "LETTERS",
        "callback": _letters_of_parts,
        "help": "Print these parts: H head and B body of the request, s base string, h head and b body of the answer, "
        "m time.",
    },
    ("-I", "--head"): {"is_flag": True, "help": "Send HEAD."},
    ("-L", "--location"): {"is_flag": True, "help": "Follow redirects, each signed anew."},
    ("-N", "--no-buffer"): {"is_flag": True, "help": "Print each piece as it comes, as it always is in a pipe."},
    ("-x", "--proxy"): {"metavar": "URL", "help": "A proxy."},
    ("-m", "--max-time"): {
        "type": float,
        "callback": _patience,
        "metavar": "SECONDS",
        "help": "How long to wait for each answer.",
    },
    ("--retry",): {
        "type": int,
        "default": 0,
        "metavar": "N",
        "help": "Send again after a failed connection, 429 or 503.",
    },
    ("--retry-all",): {"is_flag": True, "help": "So with every method."},
    ("--cacert",): {"metavar": "FILE", "help": "The authorities to trust."},
    ("--cert",): {"metavar": "FILE", "help": "The client's certificate."},
    ("--key",): {"metavar": "FILE", "help": "The key of the client's certificate."},
    ("--dry-run",): {"is_flag": True, "help": "Print what would be sent, signed; send nothing."},
    ("--explain",): {"is_flag": True, "help": "Also show the base string and what is not signed, on stderr."},
    ("--any-origin",): {"is_flag": True, "help": "Sign for an origin that the profile does not name."},
    ("--clock-offset",): {"type": int, "default": 0, "metavar": "SECONDS", "help": "Add to the clock."},
    ("--no-fail",): {"is_flag": True, "help": "Exit with 0 whatever the status of the answer is."},
}


@click.command(cls=BodyCommand)
@click.argument("words", nargs=-1, required=True, metavar="[METHOD] URL")
@click.option("-X", "--request", "verb", metavar="METHOD", help="The method.")
@_transfer_options
@body_options
@signing_options
@common_options
def request(words: tuple[str, ...], verb: str | None, **given: Any) -> None:
    """Send a signed request; the answer's body goes to stdout. The flags are those of curl.

    A URL that begins with / is relative to the base URL of the profile. A status of 3xx, 4xx or 5xx is
    the exit status 3, 4 or 5.
    """
    check_words(words, verb)
    if verb and verb != verb.upper():
        say(f"The method leaves as {verb.upper()}: curl would send {verb}, which servers take for another method.")
    method = verb or (words[0] if len(words) == 2 else None)
    send(method, words[len(words) - 1], given)


def _method_command(name: str) -> click.Command:
    def run(url: str, **given: Any) -> None:
        send(name.upper(), url, given)

    run.__doc__ = f"Send a signed {name.upper()} request; see `oauthone request`."
    argument = click.argument("url")
    return click.command(name, cls=BodyCommand)(
        argument(_transfer_options(body_options(signing_options(common_options(run)))))
    )


commands: dict[str, click.Command] = {"request": request, **{name: _method_command(name) for name in METHODS}}


def send(method: str | None, url: str, given: dict[str, Any]) -> None:
    """Send a request, or show what would be sent, and exit by the status of the answer."""
    if given["parts"] is not None and (common().json or given["dry_run"]):
        raise CommandError(Exit.USAGE, "--print has no meaning with --json, nor with --dry-run.", _ALL_PARTS)
    settings = resolve(given)
    address = absolute(settings, url)
    prepared = _request(method, address, given)
    check_origin(settings, str(prepared.url), any_origin=given["any_origin"])
    if given["any_origin"]:
        settings = settings._replace(origins=(*(settings.origins or ()), str(origin(str(prepared.url)))))
    with session_of(
        settings,
        retries=given["retry"],
        retry_all=given["retry_all"],
        patience=given["max_time"] or 60,
        clock_offset=given["clock_offset"],
    ) as session:
        if given["dry_run"]:
            show_request(would_send(session, prepared), explain=given["explain"])
            return
        _finish(_sent(session, prepared, given), session, given, settings)


def _request(method: str | None, url: str, given: dict[str, Any]) -> Request:
    """Return the request of the library."""
    url = with_file_name(url, given["upload"]) if given["upload"] else url
    draft = read_draft("HEAD" if given["head"] else method, url, given)
    verb = draft.method
    if given["form"] or given["upload"]:
        if draft.body is not None or (given["form"] and given["upload"]):
            raise CommandError(Exit.USAGE, "Give one body: form data, -F, or -T.")
        verb = method.upper() if method else "POST" if given["form"] else "PUT"
        detail("the body is not signed")
    headers = dict(draft.headers)
    body: Any = draft.body
    if given["form"]:
        named = next((name for name in headers if name.lower() == "content-type"), "Content-Type")
        body, headers[named] = multipart_of(given["form"], headers.get(named))
    elif given["upload"]:
        body = open_upload(given["upload"])
    return Request(verb, draft.url, headers=headers, data=body)


def _sent(session: OAuth1Session, prepared: Request, given: dict[str, Any]) -> Response:
    proxies = {"http": given["proxy"], "https": given["proxy"]} if given["proxy"] else {}
    ready = session.prepare_request(prepared)
    merged = session.merge_environment_settings(ready.url or "", proxies, True, None, None)
    cert = (given["cert"], given["key"]) if given["key"] else given["cert"]
    options = {**merged, "cert": cert or merged["cert"]}
    if given["cacert"]:
        options["verify"] = given["cacert"]
    return session.send(ready, allow_redirects=given["location"], timeout=given["max_time"] or 60, **options)


def _finish(response: Response, session: OAuth1Session, given: dict[str, Any], settings: Settings) -> None:
    """Print an answer, say what to do about a refusal, and exit."""
    for sentence in unsigned_hops(response):
        say(sentence)
    sent = Sent(response.request)
    parts = parts_of(response.request, sent) if common().verbose or {*"HBs"} & {*_letters(given)} else {}
    if given["explain"] and not common().json:
        show_anatomy(sent.anatomy)
    if common().json:
        content = response.content
        status = _exit_status(response.status_code, given)
        write_object(
            {"ok": status == Exit.DONE, "exit": int(status), **members_of(response, content, sent.anatomy._asdict())}
        )
    else:
        content = print_parts(response, parts, _letters(given), given["output"])
        setattr(response, "_content", content)  # noqa: B010 (a diagnosis reads it, and a stream is read once)
    answer = (response.status_code, [*response.headers.items()], content)
    if refuses_oauth(*answer):
        found = session.diagnose(response)
        method, url = str(response.request.method), str(response.request.url)
        is_kept = keep_last(method, url, sent.pairs, sent.body, answer, found, settings.owner)
        say(f"{response.status_code}: {found.line()}")
        if is_kept:
            say("More: oauthone explain --last")
    _say_what_was_not_followed(response, session, given)
    show_details(response, parts)
    detail(settings.described)
    click.get_current_context().exit(_exit_status(response.status_code, given))


def _letters(given: dict[str, Any]) -> str:
    """The parts to print, as letters of ``--print``."""
    chosen: str | None = given["parts"]
    return ("b" if chosen is None else chosen) + ("h" if given["include"] else "")


def _say_what_was_not_followed(response: Response, session: OAuth1Session, given: dict[str, Any]) -> None:
    """Name the option that follows a redirect, or that waits as long as a server asks for."""
    if given["retry"] and response.status_code in (429, 503) and "Retry-After" in response.headers:
        say(f"The server asks to wait: Retry-After: {response.headers['Retry-After']}. -m SECONDS says how long to")
    elif response.is_redirect:
        target = session.get_redirect_target(response)
        shown = printable(masked_url(target or response.headers["Location"]), 1000)
        follows = "-L follows it" if target else "no request can go there"
        say(f"{response.status_code} to {shown or 'nowhere'}: {follows}")


def _exit_status(status: int, given: dict[str, Any]) -> Exit:
    if given["no_fail"] or status < 300:
        return Exit.DONE
    return {3: Exit.REDIRECTED, 4: Exit.CLIENT_ERROR}.get(status // 100, Exit.SERVER_ERROR)
