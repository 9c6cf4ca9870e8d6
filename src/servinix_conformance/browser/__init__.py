"""People at a web portal, through a real browser (Playwright)."""
