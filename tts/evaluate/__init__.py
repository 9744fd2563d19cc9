"""Measure how near a voice comes to the recordings: metrics and reports."""
