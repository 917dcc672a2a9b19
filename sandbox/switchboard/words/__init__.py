"""What the two generations of Asterisk say of the same thing; the version of the greeting chooses.

Every word returns the messages that tell it, none where that generation keeps silent about it.
"""

from __future__ import annotations

from sandbox.switchboard.words.newer import Newer
from sandbox.switchboard.words.older import Older

Words = Newer | Older


def words_of(version: str) -> Words:
    """Those of a greeting: `1.3` is an older one, `13.0.0` a newer."""
    return Older() if version.split(".")[0] in ("0", "1") else Newer()
