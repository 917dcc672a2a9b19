"""A draft of a flow walked before it is published, without anything of it staying."""
