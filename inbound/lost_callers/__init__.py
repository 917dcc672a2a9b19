"""Who hung up waiting, or was sent away by time, is called back: once a number, unless she got through meanwhile."""
