"""Text front ends: text -> normalised text -> words -> tokens; token tables and lexicons."""
