"""The years of the offices that an office oversees, side by side and one by one."""
