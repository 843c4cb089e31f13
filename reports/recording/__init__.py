"""Recording a transaction on a page, and correcting and deleting one."""
