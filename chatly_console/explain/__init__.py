"""EXPLAIN: plans read from the server or from text, their times made right, drawn, judged and compared."""
