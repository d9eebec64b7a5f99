"""Sockets as the kernel tells them over netlink: a layer a file, each with what it lost or could not see."""
