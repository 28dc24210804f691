// LibeventTransport: a connected socket on a LibeventLoop. Private to event/.
//
// The read event is always there but for back-pressure; the write event only while a send is short.
#pragma once

#include <event2/event.h>
#include <event2/event_struct.h>

#include "base/intrusive_list.h"
#include "event/libevent_loop.h"
#include "event/transport.h"

namespace pelikan {

class LibeventTransport final : public Transport, public ListHook<Closing> {
 public:
  LibeventTransport(LibeventLoop& loop, UniqueFd socket, TransportOwner& owner);
  ~LibeventTransport() override;

  [[nodiscard]] size_t send(std::span<const iovec> bytes) noexcept override;
  void receive(bool on) noexcept override;
  void close(CloseReason reason) noexcept override;
  [[nodiscard]] UniqueFd release() noexcept override;
  [[nodiscard]] int fd() const noexcept override { return socket_.get(); }

 private:
  friend class LibeventLoop;

  static void on_readable(evutil_socket_t, short, void* self);
  static void on_writable(evutil_socket_t, short, void* self);

  void read();
  void stop_receiving() noexcept;
  void await_writable() noexcept;
  void stop_events() noexcept;
  void finish(CloseReason reason) noexcept;

  LibeventLoop& loop_;
  TransportOwner& owner_;
  UniqueFd socket_;
  bool receiving_ = true;         // the read event is added
  bool awaits_writable_ = false;  // the write event is added
  bool sending_ = false;          // a send is short
  bool ended_ = false;            // the peer has finished sending
  bool closing_ = false;
  CloseReason reason_ = CloseReason::kRequested;  // once closing_
  event read_event_;
  event write_event_;
};

}  // namespace pelikan
