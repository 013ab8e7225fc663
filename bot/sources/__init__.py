"""Where papers come from: for each service a polite fetch and a pure parser."""
