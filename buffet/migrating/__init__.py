"""Which migrations the release before cannot live with, and which lock people out for long.

A deploy migrates while the release before still serves, and it serves again after a roll-back, so a
migration may add, and what it takes away must be unused by then.
"""
