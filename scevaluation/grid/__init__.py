"""From bytes to grids of cells with their meaning: workbooks, web pages, text tables, YAML; nothing in them acts."""
