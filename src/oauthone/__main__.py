"""``python -m oauthone``: the command `oauthone`."""

from oauthone.cli.__main__ import main

if __name__ == "__main__":
    main()
