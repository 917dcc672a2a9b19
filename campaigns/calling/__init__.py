"""What the rules of calling read: hours, policy, dispositions, and the words they answer with."""
