"""A whole book as a file of JSON Lines, and back.

The first line says what the file is, the last how many lines of each kind there are and the digest
of all before it, so that a file which was cut off or changed is noticed. Between them stands a row
a line, what is referred to before what refers to it, so that one pass loads it.

Version 2 has rules, profiles and imports besides; files of version 1 are read, too.
"""

FORMAT = "better-call-buffet"
VERSION = 2
#: The versions that are read.
READ = (1, VERSION)
#: The kinds of the first line and the last.
HEAD, END = "book", "end"
CONTENT_TYPE = "application/jsonl; charset=utf-8"
