"""One film as a file: copied, decoded, and its pixels scrubbed where they lie."""
