"""A small corpus of synthetic speech whose phone times and F0 are known exactly."""
