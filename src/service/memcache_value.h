// What stands around a value in the text protocol's replies.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "protocol/memcache/compose.h"
#include "protocol/memcache/request.h"
#include "service/stored_value.h"
#include "storage/store.h"

namespace pelikan {

// "VALUE ...", and END behind the value when the request is its line's last. The binary protocol
// has a frame like it.
struct TextValueFrame {
  static constexpr size_t kMaxHead = memcache::kMaxValueHead;
  static constexpr size_t kMaxTail = memcache::kMaxValueTail;

  const memcache::Request& request;

  template <ItemLike Item>
  [[nodiscard]] char* head(char* to, const Item& item, size_t size) const noexcept {
    using memcache::Command;
    std::optional<uint64_t> cas;
    if (request.command == Command::kGets || request.command == Command::kGats) cas = item.cas();
    return memcache::compose_value_head(to, request.key, item.flags(), size, cas);
  }
  [[nodiscard]] char* tail(char* to) const noexcept {
    return memcache::compose_value_tail(to, request.last);
  }
};

}  // namespace pelikan
