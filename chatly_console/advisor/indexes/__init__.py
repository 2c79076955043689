"""The index advisor: finds the index that pays for a statement, tries it, builds it, and looks at it again later."""
