// MemcacheBatch holds key operations that were parsed ahead, so that the store can fetch the memory
// of all of them at once: parallel arrays, look-ups for the store, requests and the flags of meta
// commands for the service.
//
// Three per worker and protocol, which take turns: while the operations of one are executed, the
// memory of the others' is on its way.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <string_view>

#include "base/assertion.h"
#include "protocol/memcache/parse.h"
#include "protocol/memcache/parse_binary.h"
#include "protocol/memcache/request.h"
#include "storage/store.h"

namespace pelikan {

template <class Parser>
class MemcacheBatch {
 public:
  using Request = typename Parser::Request;
  using Flags = typename Parser::Flags;

  // Parses from the start of `in`; anything but kRequest is what stands behind the batch, which may
  // be empty.
  [[nodiscard]] memcache::ParseStatus parse(std::string_view in, Parser& parser) noexcept;
  // Whether more may be parsed behind it, ahead of its execution. REQUIRES: parse() said kRequest
  [[nodiscard]] bool is_open() const noexcept { return count_ == kBatch && !ends_; }
  // Behind its last operation. REQUIRES: is_open()
  [[nodiscard]] const char* end() const noexcept { return requests_[count_ - 1].end; }
  // A batch of one request that was parsed before; `in` is what stands behind its line now.
  // `flags` are those of a meta command; they may be this batch's own incomplete_flags().
  void assign(const Request& request, const Flags& flags, std::string_view in,
              const Parser& parser) noexcept;

  [[nodiscard]] std::span<Lookup> lookups() noexcept { return {lookups_.data(), count_}; }

  // The first operation that is not done. REQUIRES: !is_done()
  [[nodiscard]] const Request& request() const noexcept { return requests_[next_]; }
  [[nodiscard]] const Lookup& lookup() const noexcept { return lookups_[next_]; }
  // They mean something when is_meta(request().command).
  [[nodiscard]] const Flags& flags() const noexcept { return flags_[next_]; }
  void advance() noexcept { ++next_; }
  [[nodiscard]] bool is_done() const noexcept { return next_ == count_; }
  [[nodiscard]] size_t done() const noexcept { return next_; }

  // Where to stop for a while: after so many more operations, or at the end.
  void stop_after(size_t operations) noexcept {
    stop_ = next_ + std::min(operations, count_ - next_);
  }
  [[nodiscard]] bool is_at_stop() const noexcept { return next_ == stop_; }

  // The request behind the batch. REQUIRES: parse() said kIncompleteValue
  [[nodiscard]] const Request& incomplete() const noexcept { return requests_[count_]; }
  [[nodiscard]] const Flags& incomplete_flags() const noexcept { return flags_[count_]; }

  // How far the input is done, and the parser with it: operations parsed in vain will come again.
  [[nodiscard]] const char* settle(Parser& parser) const noexcept;
  // Parsed in vain, all of it.
  void drop(Parser& parser) const noexcept { parser = parser_before_; }

 private:
  std::array<Lookup, kBatch> lookups_;
  std::array<Request, kBatch> requests_;
  std::array<Flags, kBatch> flags_;
  size_t count_ = 0;
  size_t next_ = 0;
  size_t stop_ = 0;
  bool ends_ = false;            // what stands behind it is no request
  const char* begin_ = nullptr;  // of the input
  Parser parser_before_;         // at the start of the input
};

template <class Parser>
using MemcacheBatches = std::array<MemcacheBatch<Parser>, 3>;

extern template class MemcacheBatch<memcache::RequestParser>;
extern template class MemcacheBatch<memcache::BinaryParser>;

}  // namespace pelikan
