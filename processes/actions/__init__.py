"""What can happen to processes and their runs: verbs, each one transaction."""
