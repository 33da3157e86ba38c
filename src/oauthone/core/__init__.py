"""The protocol, without I/O: signing, the flow and verification as functions of their inputs."""
