"""Keys of ours: who may call, read and operate."""
