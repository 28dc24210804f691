// What a transport does with its connected, non-blocking socket.
//
// receive_some and send_some are recv(2) and sendmsg(2) without being points where a thread may be
// cancelled: in a program with threads glibc pays two atomic operations per call for that, 70 ns
// each time on the machine this was measured on, more than a percent of a request; and nobody here
// cancels threads.
#pragma once

#include <sys/types.h>
#include <sys/uio.h>

#include <span>

namespace pelikan {

// As recv(2): bytes received, 0 at the end of the stream, -1 and errno.
[[nodiscard]] ssize_t receive_some(int socket, std::span<char> place) noexcept;

// As sendmsg(2): bytes taken, or -1 and errno. A peer that is gone is an error to be seen there,
// not a SIGPIPE.
[[nodiscard]] ssize_t send_some(int socket, std::span<const iovec> pieces) noexcept;

// Says that nothing more will be sent, and throws away what has been received: closing a socket
// with unread bytes resets the connection, and the peer would lose replies that are still on their
// way.
void end_stream(int socket) noexcept;

// Makes the coming close() a reset that also drops what the kernel has not sent yet: for a peer
// that does not read.
void abort_on_close(int socket) noexcept;

}  // namespace pelikan
