"""Turn text into normalised text, words and tokens; write token tables and lexicons."""
