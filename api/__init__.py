"""The house for other programs: what its pages show and do, over HTTP, as the person a token acts for."""
