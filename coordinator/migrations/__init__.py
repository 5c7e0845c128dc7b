"""The schema's history, run by `coordinator.database.upgrade`."""
