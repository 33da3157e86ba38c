"""What an answer says in the words of its provider."""

import re
from collections.abc import Iterator

from oauthone.diagnosis.answer import Answer
from oauthone.diagnosis.refusals import PROBLEMS, Refusal, read_refusal
from oauthone.providers._model import ErrorShape
from oauthone.providers._provider import Provider

_CODE = re.compile(r"code (\d{1,6})")
_MEMBER = re.compile(r"[a-z_]{1,40}")


def with_shapes(known: Refusal | None, answer: Answer, provider: Provider) -> Refusal | None:
    """Return what an answer says, read with the shapes of the provider's rejections.

    Args:
        known: what it says in words that all providers use; None if there are none.
        answer: the answer.
        provider: the facts about the provider.

    Returns:
        ``known`` if it names a mistake or the signature. A refusal without a mistake, if the provider answers so to
        several.
    """
    shape, word = next(_found(answer, provider), (None, ""))
    if shape is not None and known is None and word:
        known = read_refusal(answer, is_about_oauth=True)
    if shape is None or (known is not None and (known.mistake is not None or known.about_signature)):
        return known
    mistakes = {PROBLEMS[one] for one in shape.problems if one in PROBLEMS}
    if {one.partition("-")[0] for one in mistakes} == {"token"}:
        return Refusal("token-refused", about_signature=False, quoted=word)
    return Refusal(mistakes.pop() if len(mistakes) == 1 else None, about_signature=False, quoted=word)


def _found(answer: Answer, provider: Provider) -> Iterator[tuple[ErrorShape, str]]:
    """Yield the shapes that an answer has, those of certain problems first, each with the word that shows it."""
    for shape in sorted(provider.error_shapes, key=lambda one: not one.problems):
        if shape.status is None or answer.status in (None, shape.status):
            yield from ((shape, _shown(shape, word)) for word in shape.words if _has(answer, shape, word))


def _shown(shape: ErrorShape, word: str) -> str:
    """Return a word as a diagnosis may quote it: not the name of a member. Its value may hold a key of the server."""
    return "" if shape.format == "json" and _MEMBER.fullmatch(word) else word.strip()


def _has(answer: Answer, shape: ErrorShape, word: str) -> bool:
    """Return whether an answer has a word of a shape. In a successful one it must stand where only errors have it."""
    is_success = answer.status is not None and answer.status < 400
    code = _CODE.fullmatch(word)
    if code:
        return re.search(rf"""["']?code["']?\s*[:=]\s*["']?{code[1]}\b""", answer.text) is not None
    if shape.format == "json" and _MEMBER.fullmatch(word):
        names = shape.words if is_success else (word,)
        return all(re.search(rf'[{{,]\s*"{name}"\s*:', answer.text) for name in names)
    if is_success and shape.format == "text":
        return answer.text.lstrip().startswith(word)
    return (
        re.search(rf"(?<![\w.]){re.escape(word)}(?![\w.]*\w)" if word[-1:].isalnum() else re.escape(word), answer.text)
        is not None
    )
