"""Align tokens and frames: monotonic search, and readers of intervals that others measured."""
