"""Phones of any language: texts that are symbols with spaces between them."""
