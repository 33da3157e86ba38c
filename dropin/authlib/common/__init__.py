"""The parts of Authlib's helpers that code for OAuth 1.0 imports."""
