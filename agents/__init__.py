"""Who works here: users, teams, skills, roles."""
