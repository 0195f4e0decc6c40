"""Charts: each draws a table it is given and keeps the rows it drew."""
