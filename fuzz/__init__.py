"""Fuzzing: whatever comes is read or refused with an error of the package, and quickly."""
