// How a connected socket ends, so that the peer sees what it should.
#pragma once

namespace pelikan {

// Says that nothing more will be sent, and throws away what has been received: closing a socket
// with unread bytes resets the connection, and the peer would lose replies that are still on their
// way.
void end_stream(int socket) noexcept;

// Makes the coming close() a reset that also drops what the kernel has not sent yet: for a peer
// that does not read.
void abort_on_close(int socket) noexcept;

}  // namespace pelikan
