"""Caches like those that people use, synchronous and asynchronous."""

from typing import Any


class AsyncCache:
    """A cache whose methods are coroutines that return bytes, as redis-py's do."""

    def __init__(self) -> None:
        self.kept: dict[str, str] = {}

    async def get(self, key: str) -> bytes | None:
        return self.kept[key].encode() if key in self.kept else None

    async def set(self, key: str, value: str, seconds: int) -> bool:
        self.kept[key] = value
        return True

    async def delete(self, key: str) -> int:
        return 0 if self.kept.pop(key, None) is None else 1


class SyncCache:
    """A cache in memory whose content a test can read."""

    def __init__(self) -> None:
        self.kept: dict[str, str] = {}
        self.seconds: list[int] = []

    def get(self, key: str) -> str | None:
        return self.kept.get(key)

    def set(self, key: str, value: str, seconds: int) -> None:
        self.kept[key] = value
        self.seconds.append(seconds)

    def delete(self, key: str) -> bool:
        return self.kept.pop(key, None) is not None


class BrokenCache:
    """A cache whose named methods fail."""

    def __init__(self, *broken: str) -> None:
        self.broken = broken
        self.cache = SyncCache()

    def __getattr__(self, name: str) -> Any:
        if name in self.broken:
            raise ConnectionError("redis://user:hunter2@redis.example refused")
        return getattr(self.cache, name)
