"""Opening an account on a page: by itself, or for a file that is about one the book lacks."""
