// Commands that read strings, or change them in part.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "protocol/resp/numbers.h"
#include "service/resp/call.h"
#include "service/resp/handler_table.h"
#include "service/resp/read_string.h"
#include "service/resp/write.h"

namespace pelikan {

// The bytes [begin, end) of an item's value.
template <class Item>
struct RespValueRange {
  const Item& item;
  size_t begin;
  size_t end;

  [[nodiscard]] size_t value_size() const noexcept { return end - begin; }
  [[nodiscard]] std::string_view value_part(size_t offset) const noexcept {
    return item.value_part(begin + offset).substr(0, end - begin - offset);
  }
};

template <class Store>
class RespStrings {
 public:
  using Call = RespStoreCall<Store>;
  using Item = typename Store::ItemView;

  static constexpr void enter(RespStoreHandlers<Store>& handlers) {
    using resp::Command;
    handlers[Command::kGet] = get;
    handlers[Command::kGetdel] = getdel;
    handlers[Command::kStrlen] = strlen;
    handlers[Command::kGetrange] = getrange;
    handlers[Command::kSubstr] = getrange;
    handlers[Command::kAppend] = append;
    handlers[Command::kSetrange] = setrange;
    handlers[Command::kDelifeq] = delifeq;
  }

  static RespOutcome get(Call& call) noexcept {
    const auto item = call.get(*call.lookup);
    if (!item) {
      call.count_key(false);
      return call.reply_null();
    }
    if (is_collection(*item)) [[unlikely]]
      return call.reply_error(resp::Error::kWrongType);
    const RespOutcome outcome = call.reply_value(*item);
    if (outcome == RespOutcome::kDone) [[likely]]
      call.count_key(true);
    return outcome;
  }

 private:
  static RespOutcome getdel(Call& call) noexcept {
    for (;;) {
      const auto item = call.get(*call.lookup);
      if (!item) {
        call.count_key(false);
        return call.reply_null();
      }
      if (is_collection(*item)) return call.reply_error(resp::Error::kWrongType);
      const RespOutcome room = call.room_for_value(*item);
      if (room != RespOutcome::kDone) return room;
      if (call.store.erase_if(*call.lookup, item->cas()) != EraseStatus::kErased) continue;
      call.count_key(true);
      return call.reply_value(*item);
    }
  }

  // Deletes what has this value.
  static RespOutcome delifeq(Call& call) noexcept {
    for (;;) {
      const auto item = call.get(*call.lookup);
      if (is_collection(item)) return call.reply_error(resp::Error::kWrongType);
      if (!item || !has_value(*item, call.args[2])) return call.reply_integer(0);
      if (call.store.erase_if(*call.lookup, item->cas()) == EraseStatus::kErased) {
        return call.reply_integer(1);
      }
    }
  }

  static RespOutcome strlen(Call& call) noexcept {
    return read_string(call, [&](const std::optional<Item>& item) {
      return call.reply_count(item ? item->value_size() : 0);
    });
  }

  static RespOutcome getrange(Call& call) noexcept {
    const auto first = resp::parse_integer(call.args[2]);
    const auto last = resp::parse_integer(call.args[3]);
    if (!first || !last) return call.reply_error(resp::Error::kNotInteger);
    return read_string(call, [&](const std::optional<Item>& item) {
      return item ? reply_range(call, *item, *first, *last) : call.reply_bulk("");
    });
  }
  static RespOutcome reply_range(Call& call, const Item& item, int64_t first,
                                 int64_t last) noexcept {
    const auto size = static_cast<int64_t>(item.value_size());
    // Both count from the end when negative; what is before the start is the start.
    const auto from_start = [size](int64_t at) {
      return at < 0 ? std::max(at + size, int64_t{0}) : at;
    };
    const int64_t begin = from_start(first);
    const int64_t end = std::min(from_start(last), size - 1) + 1;
    if ((first < 0 && last < 0 && first > last) || begin >= end) return call.reply_bulk("");
    return call.reply_value(
        RespValueRange<Item>{item, static_cast<size_t>(begin), static_cast<size_t>(end)});
  }

  static RespOutcome append(Call& call) noexcept {
    const std::string_view bytes = call.args[2];
    const size_t limit = call.store.value_limit(call.lookup->key.size());
    for (;;) {
      const auto old = call.store.peek(*call.lookup);
      if (is_collection(old)) return call.reply_error(resp::Error::kWrongType);
      if (old && old->value_size() + bytes.size() > limit) {
        return refuse_write(call, *call.lookup, PutStatus::kTooLarge);
      }
      const Written written =
          old ? call.store.join(*call.lookup, bytes, JoinMode::kAppend, {.cas = old->cas()})
              : write_bytes(call, bytes, {}, in_place_of(old));
      if (is_beaten(written.status)) continue;
      if (written.status != PutStatus::kStored) {
        return refuse_write(call, *call.lookup, written.status);
      }
      return call.reply_count((old ? old->value_size() : 0) + bytes.size());
    }
  }

  static RespOutcome setrange(Call& call) noexcept {
    constexpr int64_t kMostBytes = int64_t{512} << 20;  // a string's limit in Redis
    const auto offset = resp::parse_integer(call.args[2]);
    const std::string_view bytes = call.args[3];
    if (!offset) return call.reply_error(resp::Error::kNotInteger);
    if (*offset < 0) return call.reply_error(resp::Error::kOffset);
    for (;;) {
      const auto old = call.store.peek(*call.lookup);
      if (is_collection(old)) return call.reply_error(resp::Error::kWrongType);
      if (bytes.empty()) return call.reply_count(old ? old->value_size() : 0);
      if (*offset > kMostBytes - static_cast<int64_t>(bytes.size())) {
        return call.reply_error(resp::Error::kStringTooLong);
      }
      const Written written =
          call.store.overlay(*call.lookup, static_cast<size_t>(*offset), bytes, in_place_of(old));
      if (is_beaten(written.status)) continue;
      if (written.status != PutStatus::kStored) {
        return refuse_write(call, *call.lookup, written.status);
      }
      return call.reply_count(written.value_size);
    }
  }
};

}  // namespace pelikan
