"""Drawing: settings, letters, SVG, axes, and the frames that charts share: matrix, rows, panels, table."""
