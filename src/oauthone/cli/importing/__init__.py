"""A module for each kind of file from which profiles or commands are imported."""
