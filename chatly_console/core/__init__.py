"""What every room shares and nothing else: pure types and rules, without driver, screen or files."""
