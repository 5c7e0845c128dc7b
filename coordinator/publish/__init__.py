"""What the consortium shows to others: registers and cards, as documents."""
