"""``oauthone explain`` and ``oauthone verify``: what a signature covers, and why one is refused."""

from typing import Any

import click

from oauthone.cli.curl_options import BodyCommand, body_options, read_draft
from oauthone.cli.destinations import absolute
from oauthone.cli.explaining import LONGEST_TIMESTAMP, Anatomy, anatomy_of, check_url, sent_request
from oauthone.cli.judging import diagnose_sent, signature_holds, with_scheme
from oauthone.cli.last_refusal import load_last
from oauthone.cli.options import common_options, signing_options
from oauthone.cli.output import CommandError, Exit, common, result, say, write_object
from oauthone.cli.reading import LONGEST_PASTED, read_text
from oauthone.cli.settings import Settings, named_profile, resolve
from oauthone.cli.their_base_string import read_base_string, sign_like
from oauthone.diagnosis import Diagnosis
from oauthone.diagnosis.base_strings import right_base_string
from oauthone.diagnosis.pasted import Pasted, read_pasted
from oauthone.diagnosis.sent_request import SentRequest, read_request

_NAMING = "Name the credentials of the request: -p NAME, or --client-id and --client-secret."
_USAGE = "Give METHOD and URL, - for a request on stdin, or --last."

_scheme_option = click.option(
    "--scheme",
    type=click.Choice(["http", "https"]),
    help="The scheme of a pasted message that does not tell it; else both are tried.",
)


@click.command(cls=BodyCommand)
@click.argument("words", nargs=-1, metavar="[METHOD URL | -]")
@click.option("--theirs", metavar="FILE", help="The base string that the provider shows; - reads stdin.")
@click.option("--base-string", is_flag=True, help="Print the base string alone, for diff.")
@click.option("--last", is_flag=True, help="The last request of `oauthone request` that was refused.")
@_scheme_option
@body_options
@signing_options
@common_options
def explain(
    words: tuple[str, ...], theirs: str | None, base_string: bool, last: bool, scheme: str | None, **given: Any
) -> None:
    """Say what is signed and what is not; of a pasted request also the likely mistake (exit 9).

    \b
    pbpaste | oauthone explain -
    oauthone explain GET https://api.example/photos --theirs base-string.txt
    """
    if last and not words and not base_string:
        _print_kept(theirs)
    told = None if theirs is None else read_base_string(theirs)
    settings, request, answer = _request(words, last, scheme, told, given)
    request = with_scheme(request, settings, told, answer)
    anatomy = anatomy_of(request)
    if base_string:
        result(anatomy.base_string, base_string=anatomy.base_string)
        return
    found = diagnose_sent(request, settings, answer, told)
    holds = signature_holds(request, None if settings is None else settings.credentials)
    if len(words) == 2:
        found = _of_new(found, is_equal=right_base_string(request) == told)
        _print(found, anatomy, "" if told is None else "✗" if found.verdict == "mistake" else "?")
    if holds and found.verdict == "unknown":
        more = "" if told is None else f" {found.explanation}"
        found = found._replace(explanation=f"The signature is right for these credentials.{more}")
    _print(found, anatomy, "✗" if found.verdict == "mistake" or holds is False else "✓" if holds else "?")


def _print_kept(theirs: str | None) -> None:
    """Print the diagnosis that was kept with the last request, if what is secret in that is masked."""
    evidence, _, found, _ = load_last()
    if found is None:
        return
    if theirs is not None:
        raise CommandError(
            Exit.USAGE, "The last request was kept without its secrets, so its base string cannot be compared.",
            "Paste the request: oauthone explain - --theirs FILE",
        )  # fmt: skip
    _print(found, anatomy_of(sent_request(evidence)), "✗" if found.verdict == "mistake" else "?")


def _of_new(found: Diagnosis, *, is_equal: bool) -> Diagnosis:
    """Return the diagnosis of a request that nobody has sent, so that its signature proves nothing about another."""
    if not is_equal:
        return found
    said = "Both base strings are equal: so the secrets differ, or what the program signed is another request."
    advice = "check that the program has these secrets, copied whole, and compare the base string that it makes itself"
    return found._replace(verdict="unknown", mistakes=(), explanation=said, party=None, proof="", advice=advice)


@click.command()
@click.argument("source", metavar="-")
@click.option("--window", type=int, metavar="SECONDS", help="Also judge the timestamp.")
@_scheme_option
@signing_options
@common_options
def verify(source: str, window: int | None, scheme: str | None, **given: Any) -> None:
    """Tell whether the signature of a pasted request holds: exit 0, or 9 with the mistake."""
    request = sent_request(_pasted(source, scheme).request)
    if not request.signatures:
        raise CommandError(Exit.ANSWER_NO, "The request has no oauth_signature.", code="no_signature")
    settings, why_not = settings_for(request, given)
    if settings is None:
        raise CommandError(Exit.NO_CREDENTIALS, why_not, _NAMING, code="no_credentials")
    request = with_scheme(request, settings)
    found = diagnose_sent(request, settings, None, None)
    holds = signature_holds(request, settings.credentials)
    if holds:
        found = found._replace(verdict="right", explanation="The signature holds.", advice="", proof="")
    if holds and window is not None and not _is_fresh(request, window):
        holds, said = False, f"The signature holds, but the timestamp is not within {window} s of the clock here."
        found = found._replace(verdict="unknown", explanation=said)
    anatomy = anatomy_of(request)
    if window is not None:
        anatomy = anatomy._replace(not_checked=anatomy.not_checked[:1])  # the timestamp is checked
    _print(found, anatomy, "✓" if holds else "✗")


commands = {"explain": explain, "verify": verify}


def _request(
    words: tuple[str, ...], last: bool, scheme: str | None, told: str | None, given: dict[str, Any]
) -> tuple[Settings | None, SentRequest, Any]:
    """Return what to compare with, the request, and the answer to it if it is known."""
    if last and not words:
        evidence, answer, _, profile = load_last()
        return _settings(sent_request(evidence), given, profile), sent_request(evidence), answer
    if words == ("-",):
        pasted = _pasted("-", scheme)
        request = sent_request(pasted.request)
        return _settings(request, given), request, pasted.answer
    if len(words) != 2:
        raise CommandError(Exit.USAGE, _USAGE)
    settings = resolve(given)
    draft = read_draft(words[0], absolute(settings, words[1]), given)
    signed = sign_like(settings, draft, told, has_method=bool(given["method"] or settings.profile.method))
    headers = [*draft.headers, *([("Authorization", signed.authorization)] if signed.authorization else [])]
    return settings, read_request(draft.method, signed.url, headers, signed.body), None


def _settings(request: SentRequest, given: dict[str, Any], profile: str | None = None) -> Settings | None:
    """Without credentials, a diagnosis still sees what is wrong with the request itself."""
    settings, why_not = settings_for(request, given, profile)
    if settings is None:
        say(f"{why_not} {_NAMING}")
    return settings


def settings_for(
    request: SentRequest, given: dict[str, Any], profile: str | None = None
) -> tuple[Settings | None, str]:
    """Return the credentials and the provider to compare a request with; or None, and why there are none.

    A profile that nobody named counts only if the request has its consumer key and its token: another one would hide
    the real mistake behind its own.

    Args:
        request: the request.
        given: the values of the options.
        profile: the profile that signed the request, if that is known.

    Raises:
        CommandError: the credentials that were named cannot be used.
    """
    is_named = named_profile() is not None
    common().profile = common().profile or (None if is_named else profile)
    try:
        settings = resolve(given)
    except CommandError as failure:
        if is_named or failure.exit_status is not Exit.NO_CREDENTIALS:
            raise
        return None, failure.message
    if is_named or settings.name is None:
        return settings, ""
    for name, kept in (
        ("oauth_consumer_key", settings.credentials.client_id),
        ("oauth_token", settings.credentials.token),
    ):
        if (request.protocol(name) or None) != kept:
            return None, f"The {name} of the request is not that of the profile {settings.name!r}, which is not used."
    say(f"Compared with the credentials of the profile {settings.name!r}.")
    return settings, ""


def _pasted(source: str, scheme: str | None) -> Pasted:
    text = read_text(source, LONGEST_PASTED)
    if not text.strip():
        raise CommandError(Exit.USAGE, "stdin is empty: paste a request there, such as a command of curl.")
    try:
        pasted = read_pasted(text, scheme)
        check_url(pasted.request.url)
        return pasted
    except ValueError as failure:
        raise CommandError(Exit.USAGE, f"This is no request: {failure}.") from None


def _is_fresh(request: SentRequest, window: int) -> bool:
    import time

    timestamp = request.protocol("oauth_timestamp") or ""
    return timestamp.isdecimal() and len(timestamp) <= LONGEST_TIMESTAMP and abs(time.time() - int(timestamp)) <= window


def _print(found: Diagnosis, anatomy: Anatomy, mark: str) -> None:
    """Print a diagnosis after a mark, and the parts of the request; exit with 9 after a cross."""
    is_mistake = mark == "✗"
    status = Exit.ANSWER_NO if is_mistake else Exit.DONE
    head = [f"{mark} {found.explanation}"] if mark else []
    head += [f"  proof         {found.proof}"] if mark and found.proof else []
    head += [f"  what to do    {found.advice}"] if mark and found.advice else []
    members = {
        "problem": "signature_invalid" if is_mistake else None,
        "difference": found.explanation if is_mistake else None,
        "diagnosis": found.as_dict(),
        **anatomy._asdict(),
    }
    if common().json and is_mistake:
        write_object({"ok": False, "exit": int(status), **members})
    else:
        result("\n".join([*head, *anatomy.lines()]), **members)
    click.get_current_context().exit(status)
