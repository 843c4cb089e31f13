"""What the database does whenever rows change, whoever changes them."""
