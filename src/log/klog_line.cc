#include "log/klog_line.h"

#include <algorithm>
#include <cstdint>

#include "base/escape.h"

namespace pelikan {
namespace {

constexpr std::string_view kEscapedToo = " \"\\";

constexpr size_t kBlock = 16;

constexpr bool is_special(unsigned char byte) noexcept {
  return (byte <= ' ') | (byte >= 0x7f) | (byte == '"') | (byte == '\\');
}

// Sixteen bytes, each a 1 where one of the texts looked at so far has a special byte. A loop of
// fixed length, so that compilers turn it into a few vector instructions.
struct SpecialBytes {
  void look_at(const char* text) noexcept {
    for (size_t i = 0; i < kBlock; ++i) {
      found[i] |= static_cast<unsigned char>(is_special(static_cast<unsigned char>(text[i])));
    }
  }
  [[nodiscard]] bool none() const noexcept {
    uint64_t halves[2];
    std::memcpy(halves, found, kBlock);
    return (halves[0] | halves[1]) == 0;
  }

  unsigned char found[kBlock] = {};
};

bool is_plain(std::string_view text) noexcept {
  SpecialBytes special;
  if (text.size() < kBlock) {
    char padded[kBlock] = {'x', 'x', 'x', 'x', 'x', 'x', 'x', 'x',
                           'x', 'x', 'x', 'x', 'x', 'x', 'x', 'x'};
    std::memcpy(padded, text.data(), text.size());
    special.look_at(padded);
    return special.none();
  }
  special.look_at(text.data() + text.size() - kBlock);
  for (size_t i = 0; i + kBlock < text.size(); i += kBlock) special.look_at(text.data() + i);
  return special.none();
}

}  // namespace

KlogLine::KlogLine(std::string_view peer, std::string_view stamp) noexcept {
  // An address and a port need no escape; a path may have anything in it.
  peer.starts_with("tcp") ? put(peer) : put_escaped(peer);
  put(stamp);
}

void KlogLine::put_escaped(std::string_view text) noexcept {
  const size_t end = kMax - kRest;
  if (is_plain(text) && size_ + text.size() <= end) return put(text);
  const EscapeEnd escape =
      write_escaped(text, bytes_ + size_, bytes_ + std::max(end, size_), kEscapedToo);
  size_ = static_cast<size_t>(escape.out - bytes_);
  if (!escape.is_whole) put("...");
}

}  // namespace pelikan
