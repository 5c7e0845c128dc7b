"""Text burned into the pixels: found, scrubbed, and looked for again (PS3.15 E.3.1)."""
