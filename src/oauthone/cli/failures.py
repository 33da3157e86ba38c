"""What an error of the library or of the network means for a person at a terminal."""

from oauthone.cli.output import CommandError, Exit
from oauthone.errors import AccessDenied, ConfigurationError, FlowError, OAuth1Error, SigningError

_PROXY = "Check the address, the network, and the variables HTTPS_PROXY and REQUESTS_CA_BUNDLE."


def explain(failure: Exception) -> CommandError | None:
    """Return what to report about ``failure``; None if it is a mistake of this program."""
    if isinstance(failure, AccessDenied):
        return CommandError(Exit.NO_TOKEN, f"Refused: {failure.error}. Nothing was saved.", code="access_denied")
    if isinstance(failure, FlowError):
        return CommandError(Exit.NO_TOKEN, str(failure), _advice(failure), code=failure.error)
    if isinstance(failure, ModuleNotFoundError) and "pip install" in str(failure):
        return CommandError(Exit.USAGE, str(failure), code="missing_extra")
    if isinstance(failure, ConfigurationError | SigningError):
        return CommandError(Exit.USAGE, str(failure))
    if isinstance(failure, OAuth1Error):
        return CommandError(Exit.NO_TOKEN, str(failure))
    if _is_of_network(failure):
        return CommandError(Exit.NETWORK, f"{type(failure).__name__}: {failure}", _PROXY)
    if isinstance(failure, OSError):
        named = f"{failure.filename}: " if failure.filename else ""
        return CommandError(Exit.USAGE, f"{named}{failure.strerror or failure}")
    return None


def _advice(failure: FlowError) -> str:
    """The diagnosis of a refused leg, if there is one."""
    diagnosis = getattr(failure, "diagnosis", None)
    return "" if diagnosis is None else str(diagnosis.line())


def _is_of_network(failure: Exception) -> bool:
    """Whether requests raised ``failure``; nothing is imported to find out."""
    return type(failure).__module__.partition(".")[0] in ("requests", "urllib3")
