"""What a transaction is about, from its text: by rules, then by what the book did before."""
