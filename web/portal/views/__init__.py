"""The pages of the customers' door: lists, one request, a new one."""
