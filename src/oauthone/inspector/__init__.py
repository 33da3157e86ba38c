"""The inspector: a page on this machine that takes a request apart, and says why it was refused."""
