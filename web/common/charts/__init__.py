"""Charts as SVG that the server draws: values in, places of lines and bars out. No queries, no markup."""
