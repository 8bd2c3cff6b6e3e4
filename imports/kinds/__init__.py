"""What rows can be: of each kind its columns, and how a row becomes a plan."""
