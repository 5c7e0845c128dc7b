"""What the consortium agreed on, as values: no clock, no database, no network."""
