"""What an answer says in the words of its provider."""

import re
from collections.abc import Iterator

from oauthone.diagnosis.answer import Answer
from oauthone.diagnosis.refusal_sentences import SIGNATURE
from oauthone.diagnosis.refusals import PROBLEMS, Refusal, read_refusal
from oauthone.providers._model import ErrorShape
from oauthone.providers._provider import Provider

_CODE = re.compile(r"code (\d{1,6})")
_COLON = re.compile(r'"\s{0,9}:\s{0,9}')
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
    found = list(_found(answer, provider))
    own = next((one for one in found if one[0].stands_for and known is not None and known.quoted in one[1]), None)
    if own is not None:
        return _meant(*own)
    shape, word = next(iter(found), (None, ""))
    if shape is not None and known is None and word:
        known = read_refusal(answer, is_about_oauth=True)
    if shape is None or (known is not None and (known.mistake is not None or known.about_signature)):
        return known
    return _meant(shape, word)


def _meant(shape: ErrorShape, word: str) -> Refusal:
    """Return what a shape says: nothing for one that stands for several mistakes."""
    meant = [one.partition(":") for one in shape.stands_for or shape.problems]
    mistakes = {f"{PROBLEMS[problem]}{colon}{detail}" for problem, colon, detail in meant if problem in PROBLEMS}
    if {one.partition("-")[0] for one in mistakes} == {"token"}:
        return Refusal("token-refused", about_signature=False, quoted=word)
    if mistakes == {SIGNATURE}:
        return Refusal(None, about_signature=True, quoted=word)
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
    if answer.status is None or answer.status >= 400:
        return _is_in(answer, shape, word)
    if shape.format == "text":
        return answer.text.lstrip().startswith(word)
    return all(_is_in(answer, shape, one) for one in shape.words)


def _is_in(answer: Answer, shape: ErrorShape, word: str) -> bool:
    code = _CODE.fullmatch(word)
    text = _COLON.sub('":', answer.text)
    if code:
        return re.search(rf"""["']?code["']?\s*[:=]\s*["']?{code[1]}\b""", text) is not None
    if shape.format == "json" and _MEMBER.fullmatch(word):
        return re.search(rf'[{{,]\s*"{word}":', text) is not None
    is_whole = rf"(?<![\w.]){re.escape(word)}(?![\w.]*\w)"
    return re.search(is_whole if word[-1:].isalnum() else re.escape(word), text) is not None
