"""What people look at before a dataset goes on, and what they found."""
