"""Turn written Mandarin into pinyin syllables, with English words where asked."""
