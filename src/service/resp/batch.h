// RespBatch holds requests that were parsed ahead, so that the store can fetch the memory of all
// their first keys at once: parallel arrays, look-ups for the store, requests for the service.
//
// One per worker, filled anew by every turn.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <string_view>

#include "protocol/resp/gather.h"
#include "protocol/resp/parse.h"
#include "protocol/resp/request.h"
#include "storage/store.h"

namespace pelikan {

class RespBatch {
 public:
  // Parses at most `most` requests from the start of `in`, and none behind one that may hold back
  // others. What is said is of what stands behind the batch, which may be empty. REQUIRES: most <=
  // kBatch
  [[nodiscard]] resp::Parsed parse(std::string_view in, const resp::Limits& limits,
                                   size_t most) noexcept;
  // A batch of one request that came piece by piece; `in` is what stands behind it.
  void assign(const resp::GatheredRequest& request, std::string_view in) noexcept;

  // One for each request; its key is empty where the request has none.
  [[nodiscard]] std::span<Lookup> lookups() noexcept { return {lookups_.data(), count_}; }

  // The first request that is not done. REQUIRES: !is_done()
  [[nodiscard]] const resp::CommandSpec* spec() const noexcept { return requests_[next_].spec; }
  [[nodiscard]] std::span<const std::string_view> args() const noexcept {
    return whole_.empty() ? arguments_.of(requests_[next_]) : whole_;
  }
  // Some argument is_too_long().
  [[nodiscard]] bool has_too_long() const noexcept { return has_too_long_; }
  // That is so for want of memory.
  [[nodiscard]] bool lacks_memory() const noexcept { return lacks_memory_; }
  [[nodiscard]] const Lookup& lookup() const noexcept { return lookups_[next_]; }
  void advance() noexcept { ++next_; }
  [[nodiscard]] bool is_done() const noexcept { return next_ == count_; }
  [[nodiscard]] size_t done() const noexcept { return next_; }

  // Where to stop for a while: after so many more requests, or at the end.
  void stop_after(size_t requests) noexcept { stop_ = next_ + std::min(requests, count_ - next_); }
  [[nodiscard]] bool is_at_stop() const noexcept { return next_ == stop_; }

  // How far the input is done.
  [[nodiscard]] const char* end() const noexcept {
    if (is_done()) return end_;
    return next_ == 0 ? begin_ : requests_[next_ - 1].end;
  }

 private:
  std::array<Lookup, kBatch> lookups_;
  std::array<resp::Request, kBatch> requests_;
  resp::Arguments arguments_;
  std::span<const std::string_view> whole_{};  // the arguments of a request that was assigned
  bool has_too_long_ = false;
  bool lacks_memory_ = false;
  size_t count_ = 0;
  size_t next_ = 0;
  size_t stop_ = 0;
  const char* begin_ = nullptr;  // of the input
  const char* end_ = nullptr;    // of the last request, and of empty ones behind it
};

}  // namespace pelikan
