"""Why a request was refused: the mistakes that break a signature, and where two base strings differ."""
