"""The site of a folder of reports: pages with links to each other, one style for all, made anew only where something changed."""
