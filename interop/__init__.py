"""Runs libraries and test suites that were written for other packages, unchanged, over this one and over theirs."""
