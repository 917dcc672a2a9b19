"""What supervisors see of the lines: calls live and past, and where their time goes."""
