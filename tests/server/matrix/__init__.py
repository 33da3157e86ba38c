"""Real servers, real frameworks and raw sockets: what is verified is what the application reads."""
