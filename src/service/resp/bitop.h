// BITOP: strings joined bit by bit into another. The sources are read one after the other, then the
// result is stored: each of these is one step.
#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

#include "buffer/gather_buffer.h"
#include "service/resp/bit_operation.h"
#include "service/resp/call.h"
#include "service/resp/handler_table.h"
#include "service/resp/write.h"

namespace pelikan {

template <class Store>
class RespBitop {
 public:
  using Call = RespStoreCall<Store>;

  static constexpr void enter(RespStoreHandlers<Store>& handlers) {
    handlers[resp::Command::kBitop] = bitop;
  }

 private:
  static RespOutcome bitop(Call& call) noexcept {
    const auto operation = bit_operation(call.args[1]);
    const auto sources = call.args.subspan(3);
    if (!operation) return call.reply_error(resp::Error::kSyntax);
    if (*operation == RespBitOperation::kNot && sources.size() != 1) {
      return call.reply_error(resp::Error::kBitopNot);
    }
    const std::optional<size_t> size = longest(call, sources);
    if (!size) return call.reply_error(resp::Error::kWrongType);
    if (*size == 0) {
      (void)call.store.erase(*call.lookup);
      return call.reply_integer(0);
    }
    auto result = GatherBuffer::borrow(call.out.pool(), *size);
    if (!result) return call.reply_error(resp::Error::kOutOfMemory);
    const std::span<char> bytes = result->next();
    std::fill(bytes.begin(), bytes.end(), '\0');
    for (const std::string_view& source : sources) {
      const bool is_first = &source == sources.data();
      mix_in(call, source, is_first ? RespBitOperation::kOr : *operation, bytes);
    }
    if (*operation == RespBitOperation::kNot) invert_bits(bytes);
    result->advance(*size);
    const PutStatus status = write_bytes(call, result->bytes(), {}, {}).status;
    if (status != PutStatus::kStored) return refuse_write(call, *call.lookup, status);
    return call.reply_count(*size);
  }

  static auto find(Call& call, std::string_view key) noexcept {
    return call.get(call.prepared(key));
  }

  // Empty: one of them is no string.
  static std::optional<size_t> longest(Call& call,
                                       std::span<const std::string_view> keys) noexcept {
    size_t size = 0;
    for (const std::string_view key : keys) {
      const auto item = find(call, key);
      if (is_collection(item)) return std::nullopt;
      if (item) size = std::max(size, item->value_size());
    }
    return size;
  }

  // A source that has become longer meanwhile counts as far as the result goes.
  static void mix_in(Call& call, std::string_view key, RespBitOperation operation,
                     std::span<char> bytes) noexcept {
    size_t done = 0;
    if (const auto item = find(call, key); item && !is_collection(*item)) {
      const size_t size = std::min(item->value_size(), bytes.size());
      while (done < size) {
        const std::string_view part = item->value_part(done).substr(0, size - done);
        mix_bits(operation, bytes.subspan(done, part.size()), part);
        done += part.size();
      }
    }
    // What is missing is zeros.
    if (operation == RespBitOperation::kAnd)
      std::fill(bytes.begin() + static_cast<ptrdiff_t>(done), bytes.end(), '\0');
  }
};

}  // namespace pelikan
