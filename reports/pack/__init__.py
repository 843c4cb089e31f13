"""All that an accountant asks for, of a period, in one file."""
