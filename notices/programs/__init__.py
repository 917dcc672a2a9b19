"""Other programs are told what happened: announced with the fact, delivered later, in the order of each thing."""
