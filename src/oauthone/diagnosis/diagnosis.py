"""`Diagnosis`: what a diagnosis says."""

from typing import Any, NamedTuple

from oauthone.diagnosis.mistake import Party
from oauthone.diagnosis.mistakes import described_ways, entry_of
from oauthone.diagnosis.signing_steps import Mistakes

#: The page of the documentation about diagnoses, relative to its first page, and its places for what is no mistake.
_PAGE = "refused.html"
_PLACES = {"right": "when-the-signature-is-right", "unknown": "when-nobody-can-tell"}


class Diagnosis(NamedTuple):
    """Why a request was refused, as far as the evidence tells. It contains no secret.

    Attributes:
        verdict: ``"mistake"``; ``"right"`` if the request is not what the server refused; ``"unknown"`` if the evidence
            does not tell.
        mistakes: the stable words of the mistakes, such as ``("form-left-out",)``; empty unless the verdict is
            ``"mistake"``.
        explanation: one or two sentences for people.
        party: who has to change something: ``"client"``, ``"credentials"``, ``"server"`` or ``"network"``; None if
            nobody is known to have to.
        proof: what proves it.
        advice: what to do.
    """

    verdict: str
    mistakes: tuple[str, ...]
    explanation: str
    party: str | None
    proof: str
    advice: str

    @property
    def mistake(self) -> str | None:
        """The stable word of the mistake, the first of two; None unless the verdict is ``"mistake"``."""
        return self.mistakes[0] if self.mistakes else None

    @property
    def link(self) -> str:
        """The place in the documentation that says more about it."""
        return f"{_PAGE}#{self.mistake or _PLACES[self.verdict]}"

    def as_dict(self) -> dict[str, Any]:
        """Return the diagnosis for JSON."""
        return {**self._asdict(), "mistakes": list(self.mistakes), "mistake": self.mistake, "link": self.link}

    def line(self) -> str:
        """Return the explanation and the advice in one line."""
        return " ".join([self.explanation, *([sentence(self.advice)] if self.advice else [])])

    def __str__(self) -> str:
        lines = [self.explanation]
        lines += [f"  proof: {self.proof}"] if self.proof else []
        lines += [f"  what to do: {self.advice}"] if self.advice else []
        return "\n".join([*lines, f"  more: {self.link}"])


def mistake(ways: list[Mistakes], proof: str, *, subject: str = "the client", party: Party | None = None) -> Diagnosis:
    """Return the diagnosis that names mistakes.

    Args:
        ways: the combinations of mistakes that the evidence does not tell apart, the likelier first.
        proof: what proves them.
        subject: who made them.
        party: who has to change something, if not the one whom the table of mistakes names.
    """
    entries = [entry_of(word) for word in ways[0]]
    return Diagnosis(
        verdict="mistake",
        mistakes=tuple(entry.word for entry in entries),
        explanation=sentence(f"{subject} {described_ways(ways)}"),
        party=str(party or entries[0].party),
        proof=proof,
        advice="; ".join(dict.fromkeys(entry.advice for entry in entries)),
    )


def together(first: Diagnosis, second: Diagnosis) -> Diagnosis:
    """Return the diagnosis that names what two name, each with its own proof."""
    return first._replace(
        mistakes=(*first.mistakes, *second.mistakes),
        explanation=f"{first.explanation} {second.explanation}",
        proof=f"{first.proof}; {second.proof}",
        advice=f"{first.advice}; {second.advice}",
    )


def sentence(text: str) -> str:
    """Return ``text`` with a capital letter at its beginning and a full stop at its end."""
    return f"{text[:1].upper()}{text[1:].rstrip('.')}."


def right(explanation: str, proof: str = "") -> Diagnosis:
    """Return the diagnosis that the refusal is not about the signature, or that there was none."""
    return Diagnosis("right", (), explanation, None, proof, "")


def unknown(explanation: str, advice: str) -> Diagnosis:
    """Return the diagnosis that the evidence does not tell; ``advice`` says which evidence would."""
    return Diagnosis("unknown", (), explanation, None, "", advice)
