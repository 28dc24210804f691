// Writes meta commands: a server's replies, two letters and then flags, each as a client asked for
// it; and a client's requests.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "base/base64.h"
#include "protocol/memcache/compose.h"
#include "protocol/memcache/meta.h"

namespace pelikan::memcache {

inline constexpr size_t kMaxMetaKey = 2 + base64_size(kMaxKey) + 2;  // " k", the key, " b"
inline constexpr size_t kMaxMetaNumber = 2 + 1 + kMaxDecimal;        // a space, a letter, a sign
// The longest line: the letters and a size, all flags, W X Z, CR LF, and what ME has beside them.
inline constexpr size_t kMaxMetaLine =
    3 + kMaxDecimal + kMaxMetaKey + 2 + kMaxOpaque + kMaxMetaFlags * kMaxMetaNumber + 6 + 2;

// REQUIRES: kMaxMetaLine bytes in all at `to`, and kCopySlack behind them
class MetaLine {
 public:
  explicit MetaLine(char* to) noexcept : to_(to) {}

  // "VA", "HD" ...
  void begin(std::string_view letters) noexcept {
    std::memcpy(to_, letters.data(), 2);
    to_ += 2;
  }
  void size(size_t bytes) noexcept {
    *to_ = ' ';
    to_ = write_number(to_ + 1, bytes);
  }
  void letter(char flag) noexcept {
    to_[0] = ' ';
    to_[1] = flag;
    to_ += 2;
  }
  void number(char flag, uint64_t number) noexcept {
    letter(flag);
    bare_number(number);
  }
  void bare_number(uint64_t number) noexcept { to_ = write_number(to_, number); }
  // What never ends is -1.
  void seconds(char flag, int64_t seconds) noexcept {
    letter(flag);
    bare_seconds(seconds);
  }
  void bare_seconds(int64_t seconds) noexcept {
    if (seconds < 0) *to_++ = '-';
    const auto magnitude = static_cast<uint64_t>(seconds);
    to_ = write_number(to_, seconds < 0 ? 0 - magnitude : magnitude);
  }
  void key(std::string_view key, bool is_binary) noexcept {
    letter('k');
    bare_key(key, is_binary);
    if (is_binary) letter('b');
  }
  // As `key`, without the letters.
  void bare_key(std::string_view key, bool is_binary) noexcept {
    if (is_binary) {
      to_ = base64_encode(to_, key);
    } else {
      text(key);
    }
  }
  void opaque(std::string_view opaque) noexcept {
    letter('O');
    text(opaque);
  }
  void text(std::string_view text) noexcept {
    std::memcpy(to_, text.data(), text.size());
    to_ += text.size();
  }
  // Where it goes on.
  [[nodiscard]] char* position() const noexcept { return to_; }
  // CR LF; where the line ended.
  [[nodiscard]] char* end() noexcept {
    std::memcpy(to_, "\r\n", 2);
    return to_ += 2;
  }

 private:
  char* to_;
};

// Bytes that compose_meta_flags may write.
inline constexpr size_t kMaxMetaFlagText =
    kMaxMetaFlags * kMaxMetaNumber + 2 + kMaxOpaque + 2 + kMaxKey;

// The flags of a request as a client sends them, each with a space before it.
char* compose_meta_flags(char* to, const MetaFlags& flags) noexcept;

// Bytes that compose_meta_request may write for this request.
[[nodiscard]] size_t meta_request_bound(const Request& request) noexcept;
// A meta command as a client sends it, an ms with its value; with the flag b, the key is the bytes
// that base64 stands for. REQUIRES: is_meta(request.command)
char* compose_meta_request(char* to, const Request& request, const MetaFlags& flags) noexcept;

}  // namespace pelikan::memcache
