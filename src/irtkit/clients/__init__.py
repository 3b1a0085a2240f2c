"""Every effect there is: files, and later sockets, HTTP and gpg."""
