"""Whether a study meets the specification."""
