"""Books out: files that are written while they are read, however large the book is."""
