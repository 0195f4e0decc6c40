"""From files to checked tables: rounds, official results, context statistics."""
