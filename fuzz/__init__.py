"""Fuzzing: every parser reads any input quickly, or rejects it with an error of the package."""
