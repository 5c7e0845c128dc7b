"""Running text: what identifies in a report, found by form, by grammar, by default."""
