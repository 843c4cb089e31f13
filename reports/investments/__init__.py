"""How investments did: what was put in, what it grew by, and what that is in percent."""
