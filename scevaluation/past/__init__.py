"""From an office's old workbooks, laid out in any way, to tables of what they say; nothing is taken here."""
