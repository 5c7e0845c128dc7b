"""The contract between a site and the coordinator: what both must compute alike."""
