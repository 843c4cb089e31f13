"""Bank files on their way into the book: choose one, look at what it would change, import it."""
