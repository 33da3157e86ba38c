"""The table of mistakes in what is signed of a request's own names and values."""

from oauthone.diagnosis.mistake import Mistake

_SAME = "sign the values that are sent, as the text in which they are sent"

VALUE_MISTAKES: tuple[Mistake, ...] = (
    Mistake(
        "parameter-left-out",
        "left {} out, which it sent",
        "sign all parameters of query and form, also those that are added last, such as a button",
    ),
    Mistake("value-spelled-otherwise", "signed a value in another spelling, such as 'True' for 'true'", _SAME),
    Mistake("values-joined", "joined the values of one name by commas, which it sent apart", _SAME),
    Mistake(
        "callback-encoded",
        "encoded oauth_callback once more than it sent it",
        "pass the callback as it is: a signer encodes it",
    ),
    Mistake("other-host-signed", "signed a host with or without 'www.'", "sign the host that the request is sent to"),
)
