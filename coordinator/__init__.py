"""The program that holds the consortium together. It never sees a film or a report."""
