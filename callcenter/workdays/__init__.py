"""How the agents' days went and how long calls take: times of the agents, calls of the lines and of the campaigns."""
