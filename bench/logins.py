"""``python -m bench.logins``: many logins at once, in four processes that share a Redis, and a Redis that is killed.

It counts instead of measuring. Every login has to finish as its own visitor, in another process than the one that
started it, and to leave nothing in Redis. When Redis is killed, each login has to finish or to show an error page. It
prints everything else, and the exit status is then 1.
"""

from __future__ import annotations

import argparse
import tempfile
from collections import Counter
from pathlib import Path
from threading import Event, Lock
from time import perf_counter

from tests.login.crowd import FRAMEWORKS, PATIENCE, WORKERS, Site, Visit, lifetimes, site
from tests.server.services import RedisServer


def main() -> int:
    """Run both parts on each framework; return the exit status."""
    options = _options()
    wrong: list[str] = []
    for framework in options.frameworks or FRAMEWORKS:
        with (
            tempfile.TemporaryDirectory() as folder,
            RedisServer() as redis,
            site(framework, redis.port, Path(folder)) as made,
        ):
            print(f"{framework}: {options.count} logins, {options.at_a_time} at a time, {WORKERS} processes")
            wrong += [f"{framework}: {line}" for line in _all_finish(made, redis, options)]
            wrong += [f"{framework}: {line}" for line in _one_dies(made, redis, options)]
    print("wrong:", *wrong, sep="\n  ") if wrong else print("nothing is wrong")
    return 1 if wrong else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.logins", description="Many logins at once.")
    parser.add_argument(
        "frameworks", nargs="*", metavar="FRAMEWORK", help=f"one of {', '.join(FRAMEWORKS)}; default: all"
    )
    parser.add_argument("--count", type=int, default=500, help="the number of logins (default: 500)")
    parser.add_argument("--at-a-time", type=int, default=50, help="the number of logins at once (default: 50)")
    options = parser.parse_args()
    if unknown := set(options.frameworks) - set(FRAMEWORKS):
        parser.error(f"unknown framework: {', '.join(sorted(unknown))}; the frameworks are {', '.join(FRAMEWORKS)}")
    return options


def _all_finish(made: Site, redis: RedisServer, options: argparse.Namespace) -> list[str]:
    """Every visitor logs in."""
    left: list[int] = []
    start = perf_counter()
    visits = made.crowd(
        options.count,
        options.at_a_time,
        while_away=lambda number: left.extend(lifetimes(redis.port)) if number % 10 == 0 else None,
    )
    took = perf_counter() - start
    finished, own = _finished(visits), sum(visit.after == visit.user for visit in visits)
    elsewhere = sum(visit.began.worker != visit.last.worker for visit in visits)
    stayed, bad = len(lifetimes(redis.port)), sum(not 0 < seconds <= 600 for seconds in left)
    print(
        f"  all together: {finished} finished in {took:.1f} s, {own} as the right user, {elsewhere} in another process"
    )
    print(f"    keys in Redis: {len(left)} checked, {bad} of them without a correct expiry; {stayed} left")
    checks = {
        "some did not finish": finished == options.count,
        "some are logged in as another user": own == options.count,
        "some finished in the process that started them": elsewhere == options.count,
        "keys stay": stayed == bad == 0,
    }
    return [what for what, holds in checks.items() if not holds]


def _one_dies(made: Site, redis: RedisServer, options: argparse.Namespace) -> list[str]:
    """Kill Redis when half of the visitors have finished, and some of the others are at the provider."""
    killed, lock, through = Event(), Lock(), Counter[str]()
    held = range(0, options.at_a_time, 10)

    def wait(number: int) -> None:
        if number in held:
            killed.wait(PATIENCE)

    def count(visit: Visit) -> None:
        with lock:
            through["all"] += 1
            if through["all"] == options.count // 2:
                redis.kill()
                killed.set()

    made.box.requests.clear()
    start = perf_counter()
    visits = made.crowd(options.count, options.at_a_time, while_away=wait, when_finished=count)
    took = perf_counter() - start
    whole, broken = (
        [visit for visit in visits if visit.is_finished],
        [visit for visit in visits if not visit.is_finished],
    )
    told = Counter(f"{visit.last.status} {visit.last.json['error']}" for visit in broken)
    late = sum(visit.ended is not None for visit in broken)
    tokens = sum(one.url.endswith("/oauth/access_token") and one.refused is None for one in made.box.requests)
    print(f"  Redis is killed: {len(visits)} answered in {took:.1f} s, {len(whole)} finished, {tokens} tokens issued")
    print(f"    rejected: {dict(told)}, {late} of them at the callback")
    redis.start()
    again = _finished(made.crowd(options.at_a_time, options.at_a_time))
    print(f"  Redis is back: {again} of {options.at_a_time} finished")
    checks = {
        "a login is half done": tokens == len(whole) and all(visit.after is None for visit in broken),
        "some are logged in as another user": all(visit.after == visit.user for visit in whole),
        "an error is not the expected one": set(told) == {"503 StoreError"},
        "no visitor was at the provider at that moment": late >= len(held),
        "some did not finish after that": again == options.at_a_time,
    }
    return [what for what, holds in checks.items() if not holds]


def _finished(visits: list[Visit]) -> int:
    return sum(visit.is_finished for visit in visits)


if __name__ == "__main__":
    raise SystemExit(main())
