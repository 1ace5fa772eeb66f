"""One hazard a file.  The file's name is the rule's, its docstring the rule's page, the code in it the rule's test."""
