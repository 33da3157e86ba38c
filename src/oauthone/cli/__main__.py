"""``python -m oauthone.cli``, ``python -m oauthone`` and the script ``oauthone``."""

import sys


def main() -> None:
    """Run the command with the arguments of this process, and exit."""
    try:
        from oauthone.cli.main import tree
    except ModuleNotFoundError as missing:
        print(missing, file=sys.stderr)  # It names the extra.
        sys.exit(2)
    tree.main()


if __name__ == "__main__":
    main()
