"""The program that runs in each hospital. No film and no report leaves through it."""
