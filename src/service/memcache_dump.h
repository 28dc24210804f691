// Dumps: all keys of the store, told to one connection. `lru_crawler metadump` writes a line with
// all that is known about each item, `lru_crawler mgdump` one that can be sent back to touch it,
// and `stats cachedump` the old short list, up to 2 MiB.
//
// A dump goes in steps, one in a round of the worker, so that the other connections wait for some
// tens of microseconds at most; between two steps it is a MemcacheDump in the connection's state.
// What it tells is what ScannableStore::scan() promises. Any number of dumps may be on.
//
// Source: memcached's doc/protocol.txt and the behaviour of memcached 1.6.45.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>

#include "base/clock.h"
#include "buffer/output.h"
#include "protocol/memcache/request.h"
#include "storage/store.h"

namespace pelikan {

enum class DumpForm : uint8_t { kMetadump, kMgdump, kCachedump };

struct MemcacheDump {
  enum class Phase : uint8_t { kOff, kWalking, kEnding };

  Phase phase = Phase::kOff;
  DumpForm form = DumpForm::kMetadump;
  uint64_t cursor = 0;
  uint64_t items_left = std::numeric_limits<uint64_t>::max();
  uint64_t bytes_left = std::numeric_limits<uint64_t>::max();  // of lines, before the last one

  [[nodiscard]] bool is_on() const noexcept { return phase != Phase::kOff; }
};

// How a request for a dump begins: what is said at once, and the dump, unless it is refused.
struct DumpStart {
  std::string_view reply;
  MemcacheDump dump{};
};

// Empty: the request asks for no dump. `is_behind`: replies to commands before it are not sent yet,
// and memcached refuses to dump behind them.
[[nodiscard]] std::optional<DumpStart> start_dump(const memcache::Request& request, bool may_dump,
                                                  bool is_behind) noexcept;

// An item, with times in seconds since 1970.
struct DumpedItem {
  std::string_view key;
  std::optional<int64_t> expiry_s;
  int64_t used_s = 0;
  uint64_t cas = 0;
  uint32_t flags = 0;
  size_t value_bytes = 0;
  size_t memory_bytes = 0;
  bool was_found = false;
  bool has_binary_key = false;
};

inline constexpr size_t kMaxDumpLine = 1024;
static_assert(kMaxDumpLine <= Output::kReplyReserve);

// Whether an item of this key is in a dump of this form: `stats cachedump` has no way to write a
// binary key.
[[nodiscard]] bool has_line(DumpForm form, std::string_view key, bool is_binary) noexcept;
// Writes the item's line; returns its end. REQUIRES: kMaxDumpLine bytes at `to`; has_line()
char* compose_dump_line(char* to, DumpForm form, const DumpedItem& item) noexcept;
[[nodiscard]] std::string_view dump_end(DumpForm form) noexcept;

// One step of a dump. REQUIRES: not in an epoch; all references outlive it
template <class Store>
  requires ScannableStore<Store> && ConditionalStore<Store>
class DumpStep {
 public:
  DumpStep(MemcacheDump& dump, Store& store, const Clock& clock, Output& out) noexcept
      : dump_(dump),
        store_(store),
        clock_(clock),
        out_(out),
        to_unix_ms_(clock.unix_ms() - clock.now_ms()) {}

  // Goes on until the time or the bytes of a step are used up, the output is full, or the dump is
  // over.
  void run() noexcept {
    const size_t size_before = out_.size();
    const int64_t end_ns = clock_.precise_ns() + kStepNs;
    for (size_t looks = 0; looks < kLooks && dump_.is_on() && out_.has_room(); ++looks) {
      if (out_.size() - size_before >= kStepBytes || clock_.precise_ns() > end_ns) return;
      if (dump_.phase == MemcacheDump::Phase::kWalking) {
        walk();
      } else {
        out_.append(dump_end(dump_.form));
        dump_.phase = MemcacheDump::Phase::kOff;
      }
    }
  }

 private:
  // Of a step; the kernel's work to send so much takes another ten microseconds.
  static constexpr int64_t kStepNs = 20'000;
  static constexpr size_t kStepBytes = 16 * 1024;
  static constexpr size_t kLooks = 256;  // in a step at most, should the clock stand still
  static constexpr size_t kPlaces = 8;   // of the store, between two looks at the clock

  void walk() noexcept {
    const auto epoch = store_.enter();
    const auto show = [this](const typename Store::ItemView& item, int64_t used_ms) {
      return write(item, used_ms);
    };
    dump_.cursor = store_.scan(dump_.cursor, kPlaces, show);
    if (dump_.cursor == 0) dump_.phase = MemcacheDump::Phase::kEnding;
  }

  // Whether to go on behind it.
  bool write(const typename Store::ItemView& item, int64_t used_ms) noexcept {
    if (!has_line(dump_.form, item.key(), item.has_binary_key())) return true;
    char* begin = out_.reserve(kMaxDumpLine);
    char* end = compose_dump_line(begin, dump_.form, dumped(item, used_ms));
    const auto bytes = static_cast<size_t>(end - begin);
    if (bytes > dump_.bytes_left) return finish();
    out_.commit(end);
    dump_.bytes_left -= bytes;
    if (--dump_.items_left == 0) return finish();
    return out_.has_room();
  }

  bool finish() noexcept {
    dump_.phase = MemcacheDump::Phase::kEnding;
    return false;
  }

  DumpedItem dumped(const typename Store::ItemView& item, int64_t used_ms) const noexcept {
    const Expiry expiry = store_.expiry(item);
    return {.key = item.key(),
            .expiry_s =
                expiry.at_ms == Expiry::kNever ? std::nullopt : std::optional(unix_s(expiry.at_ms)),
            .used_s = unix_s(used_ms),
            .cas = item.cas(),
            .flags = item.flags(),
            .value_bytes = item.value_size(),
            .memory_bytes = item.memory_bytes(),
            .was_found = item.was_found(),
            .has_binary_key = item.has_binary_key()};
  }
  [[nodiscard]] int64_t unix_s(int64_t boot_ms) const noexcept {
    return (boot_ms + to_unix_ms_) / 1000;
  }

  MemcacheDump& dump_;
  Store& store_;
  const Clock& clock_;
  Output& out_;
  int64_t to_unix_ms_;  // from the clock that expiries run on
};

}  // namespace pelikan
