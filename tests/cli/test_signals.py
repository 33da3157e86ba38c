"""What must not be interrupted is finished first."""

import os
import signal
import sys
import threading

import pytest

from oauthone.cli.signals import uninterrupted


@pytest.mark.skipif(sys.platform == "win32", reason="a process cannot send itself such a signal there")
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_a_signal_waits(name: str) -> None:
    number = getattr(signal, name)
    before = signal.getsignal(number)
    done: list[str] = []

    def work() -> None:
        with uninterrupted():
            os.kill(os.getpid(), number)
            done.append("saved")

    with pytest.raises(KeyboardInterrupt):
        work()
    assert done == ["saved"]
    assert signal.getsignal(number) is before


def test_without_a_signal_nothing_happens() -> None:
    with uninterrupted():
        pass


def test_a_failure_inside_comes_out() -> None:
    with pytest.raises(ValueError, match="it"), uninterrupted():
        raise ValueError("it")


def test_in_another_thread_signals_do_not_come() -> None:
    done: list[str] = []

    def work() -> None:
        with uninterrupted():
            done.append("saved")

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert done == ["saved"]
