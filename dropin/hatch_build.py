"""Loads the metadata hook that both distributions share: from the checkout, or from its copy in the sdist."""

import runpy
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
COPY, SHARED = HERE / "metadata.py", HERE.parent / "release" / "metadata.py"


def get_metadata_hook() -> Any:
    """Return the class of the hook; hatchling calls this."""
    return runpy.run_path(str(COPY if COPY.is_file() else SHARED))["ProjectMetadata"]
