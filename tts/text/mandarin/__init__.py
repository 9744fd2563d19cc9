"""Mandarin: from written text to pinyin syllables, with English words where asked."""
