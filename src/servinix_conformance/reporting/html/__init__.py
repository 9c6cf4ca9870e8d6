"""What report.html shows: the report put in the order in which people read it, and the templates that show it."""
