"""The book's own exchange rates on pages: listed, added, corrected, deleted."""
