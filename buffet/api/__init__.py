"""The API of signing in, of oneself and of books."""
