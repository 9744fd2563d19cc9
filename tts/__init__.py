"""Tencha: from a public speech corpus to a voice that runs anywhere."""

__version__ = "0.1.0"
