"""Pages of categories: what money comes from and goes to, as a tree."""
