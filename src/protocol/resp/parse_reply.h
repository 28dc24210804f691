// Reads replies of both protocol versions, as a client does. Nothing is copied or kept; views point
// into the input.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace pelikan::resp {

enum class ReplyKind : uint8_t {
  kSimple,     // text
  kError,      // text; a long one ("!") too
  kInteger,    // number
  kBulk,       // text; verbatim text ("=") too, without its format
  kNull,       // of all three forms
  kDouble,     // text
  kBoolean,    // number: 1 or 0
  kBigNumber,  // text
  kArray,      // number: of elements, which follow
  kMap,        // number: of keys and values, which follow
  kSet,        // as kArray
  kPush,       // as kArray; comes between replies, is none
  kAttribute,  // as kMap; what it is about follows
};

[[nodiscard]] constexpr bool is_aggregate(ReplyKind kind) noexcept {
  return kind >= ReplyKind::kArray;
}

// A reply without parts, or the head of one that has some.
struct ReplyItem {
  ReplyKind kind = ReplyKind::kNull;
  int64_t number = 0;
  std::string_view text;
  size_t size = 0;  // bytes
};

enum class ReplyStatus : uint8_t {
  kWhole,
  kIncomplete,
  kMalformed,  // no server sends that: the rest of the stream cannot be understood
};

// A line without end, or one that announces more than this, is malformed.
inline constexpr size_t kMaxReplyLine = 64 * 1024;
inline constexpr int64_t kMaxReplyBulk = int64_t{1} << 30;
inline constexpr int64_t kMaxReplyElements = int64_t{1} << 31;

// A bulk string at the start of `in`, whole and not a large one, as nearly all values are; its text
// and size are filled. False for all that takes the closer look of parse_item().
[[nodiscard]] bool parse_plain_bulk(std::string_view in, ReplyItem& item) noexcept;

// The item at the start of `in`; filled for kWhole only.
[[nodiscard]] ReplyStatus parse_item(std::string_view in, ReplyItem& item) noexcept;

// Finds the end of a reply with all of its parts, over as many calls as its bytes need.
class ReplyEnd {
 public:
  // Takes the items that are whole; `taken` says how many bytes that were, and the rest comes again
  // with more behind it. kWhole: the reply ends there, and the next call begins another.
  [[nodiscard]] ReplyStatus find(std::string_view in, size_t& taken) noexcept;

 private:
  uint64_t open_ = 0;  // items that are still to come; 0: none was begun
};

// The size of the whole reply at the start of `in`.
[[nodiscard]] ReplyStatus parse_reply_size(std::string_view in, size_t& size) noexcept;

}  // namespace pelikan::resp
