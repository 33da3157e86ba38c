"""`python -m interop`: run the public test suites of other libraries over this package, and list what fails."""

from __future__ import annotations

from .suites import runner


def main() -> int:
    """Run everything; return the exit status."""
    failures: list[str] = []
    for module in runner.MODULES:
        ran = runner.run(module)
        print(*runner.summary(ran), sep="\n", flush=True)
        failures += ran.failures()
    print(*failures, sep="\n")
    return 1 if failures else 0


if __name__ == "__main__":
    raise SystemExit(main())
