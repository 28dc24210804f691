// Commands on the bits of strings. Bit 0 is the highest of byte 0.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "service/resp/bit_range.h"
#include "service/resp/call.h"
#include "service/resp/handler_table.h"
#include "service/resp/read_string.h"
#include "service/resp/write.h"

namespace pelikan {

template <class Store>
class RespBitmaps {
 public:
  using Call = RespStoreCall<Store>;
  using Item = typename Store::ItemView;

  static constexpr void enter(RespStoreHandlers<Store>& handlers) {
    using resp::Command;
    handlers[Command::kSetbit] = setbit;
    handlers[Command::kGetbit] = getbit;
    handlers[Command::kBitcount] = bitcount;
    handlers[Command::kBitpos] = bitpos;
  }

 private:
  static RespOutcome setbit(Call& call) noexcept {
    const auto offset = parse_bit_offset(call.args[2]);
    if (!offset) return call.reply_error(resp::Error::kBitOffset);
    if (call.args[3] != "0" && call.args[3] != "1") return call.reply_error(resp::Error::kBit);
    const bool bit = call.args[3] == "1";
    for (;;) {
      const auto old = call.get(*call.lookup);
      if (is_collection(old)) return call.reply_error(resp::Error::kWrongType);
      const size_t at = *offset / 8;
      const unsigned mask = 0x80U >> *offset % 8;
      const unsigned before = old ? byte_at(*old, at) : 0;
      const char byte = static_cast<char>(bit ? before | mask : before & ~mask);
      const Written written = call.store.overlay(*call.lookup, at, {&byte, 1}, in_place_of(old));
      if (is_beaten(written.status)) continue;
      if (written.status != PutStatus::kStored) {
        return refuse_write(call, *call.lookup, written.status);
      }
      return call.reply_integer((before & mask) != 0 ? 1 : 0);
    }
  }

  static RespOutcome getbit(Call& call) noexcept {
    const auto offset = parse_bit_offset(call.args[2]);
    if (!offset) return call.reply_error(resp::Error::kBitOffset);
    return read_string(call, [&](const std::optional<Item>& item) {
      const unsigned byte = item ? byte_at(*item, *offset / 8) : 0;
      return call.reply_integer(byte >> (7 - *offset % 8) & 1);
    });
  }

  static RespOutcome bitcount(Call& call) noexcept {
    RespBitRange range;
    if (const auto refusal = range.read(call, call.args.subspan(2), 2)) return *refusal;
    return read_string(call, [&](const std::optional<Item>& item) {
      if (!item || range.is_reversed() || !range.fit(item->value_size()))
        return call.reply_integer(0);
      return call.reply_count(count_bits(*item, range.first(), range.last()));
    });
  }

  static RespOutcome bitpos(Call& call) noexcept {
    RespBitRange range;
    const auto bit = resp::parse_integer(call.args[2]);
    if (!bit) return call.reply_error(resp::Error::kNotInteger);
    if (*bit != 0 && *bit != 1) return call.reply_error(resp::Error::kBitValue);
    if (const auto refusal = range.read(call, call.args.subspan(3), 1)) return *refusal;
    return read_string(call, [&](const std::optional<Item>& item) {
      // What is missing is zeros without end.
      if (!item) return call.reply_integer(*bit == 1 ? -1 : 0);
      if (!range.fit(item->value_size())) return call.reply_integer(-1);
      if (const auto found = find_bit(*item, *bit == 1, range.first(), range.last())) {
        return call.reply_count(*found);
      }
      const bool is_endless = *bit == 0 && !range.has_end();
      return call.reply_integer(is_endless ? static_cast<int64_t>(range.last() + 1) : -1);
    });
  }
};

}  // namespace pelikan
