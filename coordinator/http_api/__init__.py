"""The people's door: HTTP with JSON, for admins and researchers."""
