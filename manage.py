#!/usr/bin/env python3
"""The administrative commands of the call centre."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "callcenter.settings")
    from callcenter.commanding import execute_from_command_line
    from callcenter.embedded import EmbeddedServersFailed

    try:
        execute_from_command_line(sys.argv)
    except EmbeddedServersFailed as failure:
        sys.exit(f"{failure} The data stay as they were. Run it again when the cause is out of the way.")
    except KeyboardInterrupt:
        sys.stderr.write("\nStopped. What was finished is kept.\n")
        sys.exit(130)


if __name__ == "__main__":
    main()
