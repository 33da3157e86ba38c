"""Checks the files for the host of the repository: their schemas, and what makes a workflow unsafe. Needs no network.

python .ci/check_workflows.py
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
SCHEMAS = {
    "vendor.github-workflows": ".github/workflows/*.yml",
    "custom.github-workflows-require-timeout": ".github/workflows/*.yml",
    "vendor.dependabot": ".github/dependabot.yml",
    "vendor.github-issue-forms": ".github/ISSUE_TEMPLATE/[!c]*.yml",
    "vendor.github-issue-config": ".github/ISSUE_TEMPLATE/config.yml",
    "vendor.citation-file-format": "CITATION.cff",
    "vendor.readthedocs": ".readthedocs.yaml",
}


def commands(root: Path) -> list[list[str]]:
    """Return the commands that check the files below ``root``."""
    check = [sys.executable, "-m", "check_jsonschema", "-q", "--default-filetype=yaml", "--builtin-schema"]
    schemas = [[*check, schema, *sorted(map(str, root.glob(pattern)))] for schema, pattern in SCHEMAS.items()]
    scanner = str(Path(sys.executable).with_name("zizmor"))
    return [*schemas, [scanner, "--offline", "-q", "--no-progress", "--persona=pedantic", str(root / ".github")]]


def main(root: Path = ROOT) -> int:
    """Run them all; return 1 if one has found something."""
    failed = [command for command in commands(root) if subprocess.run(command, check=False).returncode]
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
