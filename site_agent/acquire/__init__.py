"""How studies come in: an inbox of films and reports, as a PACS exports them."""
