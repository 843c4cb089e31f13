"""Subscriptions on pages: listed, kept, changed, ended, and what paid them."""
