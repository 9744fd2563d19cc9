"""Compute frame features of speech: mel, pitch, energy, statistics; extraction to disk."""
