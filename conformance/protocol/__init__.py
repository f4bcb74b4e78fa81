"""What crosses between the suite and a worker or port: frames of bytes, and what their headers say. docs/protocol.md is
for those who write ports.
"""
