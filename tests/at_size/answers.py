"""What is answered to a verb's questions beside the reason, so that it has something to do."""

#: By the last part of the verb's address, or by the action's name: the fields and what they get.
ANSWERS: dict[str, dict[str, str]] = {
    "correct": {"description": "Measured"},
}
