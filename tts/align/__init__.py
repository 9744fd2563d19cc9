"""Alignment: monotonic search, and readers of intervals that others measured."""
