"""Take from headers and reports what tells who, where and when (PS3.15 Annex E)."""
