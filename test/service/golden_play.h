// Plays golden cases over a connection without sockets.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

#include "golden.h"
#include "service_connection.h"

namespace pelikan::test {

// Hands each step's bytes to `feed`, which returns the replies, and each wait's milliseconds to
// `advance`; returns what is wrong. `cas` keeps what {cas} stands for.
template <class Advance, class Feed>
[[nodiscard]] std::string play_golden(const GoldenCase& golden, const ServiceConnection& connection,
                                      std::string& cas, const Advance& advance, const Feed& feed) {
  for (const GoldenStep& step : golden.steps) {
    if (step.wait_ms != 0) advance(step.wait_ms);
    std::string bytes = step.send;
    replace_all(bytes, "{cas}", cas);
    replace_all(bytes, "{cas8}", cas);
    const std::string replies = feed(bytes);
    if (!golden_match(replies, step.expect, cas)) {
      return golden.name + ": got '" + replies.substr(0, 2000) + "', expected '" +
             step.expect.substr(0, 2000) + "'";
    }
  }
  if (connection.is_closed() == golden.closes) return {};
  return golden.name + (golden.closes ? ": not closed" : ": closed");
}

[[nodiscard]] inline size_t size_of(const GoldenCase& golden) {
  size_t size = 0;
  for (const GoldenStep& step : golden.steps) size += step.send.size();
  return size;
}

[[nodiscard]] inline size_t longest_step(const GoldenCase& golden) {
  size_t longest = 0;
  for (const GoldenStep& step : golden.steps) longest = std::max(longest, step.send.size());
  return longest;
}

inline std::string send_split(ServiceConnection& connection, std::string_view bytes, size_t at) {
  const size_t split = std::min(at, bytes.size());
  std::string replies = connection.send(bytes.substr(0, split));
  return replies += connection.send(bytes.substr(split));
}

// Byte by byte, but for the middle of a long value.
inline std::string send_in_pieces(ServiceConnection& connection, std::string_view bytes) {
  std::string replies;
  for (size_t at = 0; at < bytes.size();) {
    const bool is_middle = at > 3000 && at + 3000 < bytes.size();
    const size_t piece = is_middle ? 997 : 1;
    replies += connection.send(bytes.substr(at, piece));
    at += piece;
  }
  return replies;
}

}  // namespace pelikan::test
