"""Who sees a book: its members, whom its owners invite, and support for as long as they let it."""
