"""How quick Helpdesk is: `bin/bench`. What is measured and how to read it: docs/performance.md."""
