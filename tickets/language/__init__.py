"""The search language: what people type into the search box, read into a condition (tickets/conditions.py).

    query  = group { "or" group }
    group  = term { term }                    all of them
    term   = [ "-" | "not" ] ( "(" query ")" | filter | words )
    filter = name ":" value { "," value }     any of the values
           | name ( ">" | "<" ) value         times and numbers: after or more, before or less
    words  = word | '"' phrase '"'            the last letters may be left out with *: print*

    queue:support state:open owner:me "disk full" created>-7d -tag:vip field.asset:PC-12 or is:overdue

Pure but for the names of rows, which `Names` looks up: so that a query names only what its reader may see.
"""

from tickets.language.reader import Names, read
from tickets.language.tokens import LanguageError

__all__ = ["LanguageError", "Names", "read"]
