"""Say texts of any language that are phones: symbols with spaces between them."""
