"""The profile applied to headers: to their bytes, and by pydicom (PS3.15 E.1.1)."""
