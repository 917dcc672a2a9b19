"""May a contact be called now: hours, policy, every reason against it, and the words it is told in."""
