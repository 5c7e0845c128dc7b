"""What surrounds the two programs: the synthetic hospital and the demonstration."""
