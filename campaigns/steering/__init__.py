"""What a supervisor steers a running month by: plan against reality, goals, months side by side, the next plan."""
