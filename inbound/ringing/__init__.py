"""A call that comes in: it rings on the agent's page, and the flow of its line opens with who calls."""
