"""Texts of reports, out of the files that they come in, and what is made of them."""
