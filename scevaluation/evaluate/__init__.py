"""Pure functions from tables to tables: index, change, trend, verdict, peers."""
