"""The running sandbox."""

from tests.sandbox.running import sandbox, sandbox_process

__all__ = ["sandbox", "sandbox_process"]
