"""What every app may use and what knows no app: no models of its own, no tickets, no people."""
