// Replies of RESP, taken apart.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/assertion.h"
#include "protocol/resp/parse_reply.h"

namespace pelikan::test {

// The bulk strings of a reply, in order.
inline std::vector<std::string> bulks_of(std::string_view reply) {
  std::vector<std::string> texts;
  for (size_t at = reply.find('$'); at != reply.npos; at = reply.find('$', at)) {
    const size_t line_end = reply.find("\r\n", at);
    const size_t size = std::stoul(std::string(reply.substr(at + 1, line_end - at - 1)));
    texts.emplace_back(reply.substr(line_end + 2, size));
    at = line_end + 2 + size;
  }
  return texts;
}

// A reply without its nesting: its only item, or all that are no heads, in order. RESP2.
struct Reply {
  struct Item {
    resp::ReplyKind kind;
    int64_t number;
    std::string text;
  };
  std::vector<Item> items;
  bool is_array = false;

  [[nodiscard]] bool is_error() const { return is(resp::ReplyKind::kError); }
  [[nodiscard]] bool is_null() const { return is(resp::ReplyKind::kNull); }
  // REQUIRES: it is no array
  [[nodiscard]] int64_t number() const { return items.at(0).number; }
  [[nodiscard]] const std::string& text() const { return items.at(0).text; }

 private:
  [[nodiscard]] bool is(resp::ReplyKind kind) const {
    return !is_array && items.at(0).kind == kind;
  }
};

// One whole reply.
[[nodiscard]] inline Reply read_reply(std::string_view bytes) {
  Reply reply;
  for (uint64_t missing = 1; missing > 0; --missing) {
    resp::ReplyItem item;
    CHECK(resp::parse_item(bytes, item) == resp::ReplyStatus::kWhole);
    bytes.remove_prefix(item.size);
    if (resp::is_aggregate(item.kind)) {
      reply.is_array = true;
      missing += static_cast<uint64_t>(item.number);
    } else {
      reply.items.push_back({item.kind, item.number, std::string(item.text)});
    }
  }
  CHECK(bytes.empty());
  return reply;
}

}  // namespace pelikan::test
