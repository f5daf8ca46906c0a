"""The pictures of a year: what is drawn, and how it becomes SVG or a page of a PDF."""
