"""Replays and exchanges sent by many processes at once to many workers that share a store: one of each is accepted."""
