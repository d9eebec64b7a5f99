"""What a graph of dependencies says: who is hit by whom, what stands alone, what turns in a circle.

An edge goes from what depends to what it depends on.
"""
