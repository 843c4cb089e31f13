"""What happened to a row, by a person and in a book, from the histories of the database."""
