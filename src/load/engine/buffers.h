// The bytes of one connection of the generator: what is to be sent, and what has come of a reply
// that is not whole yet. Both grow to what the traffic needs and stay so: a steady load allocates
// nothing.
//
// Thread safety: the connection's thread only.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>

#include "base/assertion.h"
#include "base/bytes.h"

namespace pelikan::load {

// Bytes that only grow: new memory keeps what was in use.
class GrowingBytes {
 public:
  [[nodiscard]] char* data() const noexcept { return bytes_.get(); }
  [[nodiscard]] size_t capacity() const noexcept { return capacity_; }
  void grow(size_t capacity, size_t in_use) {
    capacity = std::max(capacity, 2 * capacity_);
    auto bytes = std::make_unique_for_overwrite<char[]>(capacity);
    if (in_use > 0) std::memcpy(bytes.get(), bytes_.get(), in_use);
    bytes_ = std::move(bytes);
    capacity_ = capacity;
  }

 private:
  std::unique_ptr<char[]> bytes_;
  size_t capacity_ = 0;
};

class SendBuffer {
 public:
  // Room for n bytes more. REQUIRES: nothing of an earlier send is pending in the transport
  [[nodiscard]] char* reserve(size_t n) {
    if (bytes_.capacity() - end_ < n) [[unlikely]]
      bytes_.grow(end_ + n, end_);
    return bytes_.data() + end_;
  }
  void commit(const char* end) noexcept {
    end_ = static_cast<size_t>(end - bytes_.data());
    DCHECK(end_ <= bytes_.capacity());
  }
  [[nodiscard]] std::span<char> unsent() const noexcept {
    return {bytes_.data() + begin_, end_ - begin_};
  }
  void drop(size_t n) noexcept {
    begin_ += n;
    DCHECK(begin_ <= end_);
    if (begin_ == end_) begin_ = end_ = 0;
  }
  void clear() noexcept { begin_ = end_ = 0; }

 private:
  GrowingBytes bytes_;
  size_t begin_ = 0;
  size_t end_ = 0;
};

// Received bytes come into the thread's scratch memory, and are whole replies as a rule: then
// nothing is copied. What is left of a reply is kept here, and the next bytes come behind it.
class ReceiveBuffer {
 public:
  static constexpr size_t kLeast = 64 * kKiB;  // room to receive into

  [[nodiscard]] std::span<char> room(std::span<char> scratch) {
    if (kept_ == 0) return scratch;
    if (bytes_.capacity() - kept_ < kLeast) bytes_.grow(kept_ + kLeast, kept_);
    return {bytes_.data() + kept_, bytes_.capacity() - kept_};
  }
  // All that has come and is not consumed, n new bytes included, which lie where room() said.
  [[nodiscard]] std::string_view with(size_t n, std::span<char> scratch) const noexcept {
    return kept_ == 0 ? std::string_view(scratch.data(), n)
                      : std::string_view(bytes_.data(), kept_ + n);
  }
  // What of these bytes waits for more. REQUIRES: the end of the last with()
  void keep(std::string_view rest) {
    if (rest.size() > bytes_.capacity()) bytes_.grow(rest.size() + kLeast, 0);
    if (!rest.empty() && rest.data() != bytes_.data()) {
      std::memmove(bytes_.data(), rest.data(), rest.size());
    }
    kept_ = rest.size();
  }

 private:
  GrowingBytes bytes_;
  size_t kept_ = 0;
};

}  // namespace pelikan::load
