// Connection: one client's connection to a memcached server, used batch by batch.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/unique_fd.h"
#include "protocol/memcache/parse_reply.h"
#include "protocol/memcache/reply.h"
#include "protocol/memcache/request.h"

namespace pelikan::replay {

class Connection {
 public:
  // Throws SetupError when nobody listens there.
  Connection(const std::string& host, uint16_t port);

  // Adds a request to the batch. REQUIRES: its key has memcache::kCopySlack readable bytes behind
  // it
  void add(const memcache::Request& request);

  // Sends the batch and reads all its replies, in order; one request may have several.
  // on_reply(reply) says whether that was its request's last one. Throws std::runtime_error when
  // the connection is lost.
  template <class OnReply>
  void exchange(OnReply on_reply);

 private:
  // Sends what the socket takes of the batch, waits for it, and receives what has come. By turns,
  // for a server whose replies are not read stops reading requests.
  void pump();
  void send_some();
  void receive_some();

  UniqueFd socket_;
  std::vector<char> out_;
  size_t out_size_ = 0;
  size_t sent_ = 0;
  size_t requests_ = 0;  // in the batch
  std::vector<char> in_;
  size_t in_start_ = 0;
  size_t in_end_ = 0;
};

template <class OnReply>
void Connection::exchange(OnReply on_reply) {
  memcache::ParsedReply reply;
  while (requests_ > 0) {
    while (requests_ > 0 &&
           memcache::parse_reply({in_.data() + in_start_, in_end_ - in_start_}, reply)) {
      if (on_reply(reply)) --requests_;
      in_start_ += reply.size;
    }
    if (requests_ > 0) pump();
  }
  out_size_ = sent_ = 0;
}

}  // namespace pelikan::replay
