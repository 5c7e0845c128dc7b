"""Folders of films, de-identified by themselves: no study, no database, no site."""
