"""Test vectors: trials with what is expected of them as plain files, and answers to them from elsewhere."""
