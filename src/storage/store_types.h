// What services and stores say to each other: look-ups, values, the terms of a write, and what came
// of it. The calls themselves are in store.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>

namespace pelikan {

class Handled;

// Look-ups whose memory latency is hidden behind one another; measured best between 8 and 16.
inline constexpr size_t kBatch = 16;

struct Lookup {
  std::string_view key;
  // What prepare() found out, for the store alone: where to look first.
  uint64_t hash = 0;
  uint64_t* place = nullptr;
  uint64_t seen = 0;           // at `place`
  const char* item = nullptr;  // what `seen` leads to
};

// When an item dies: CLOCK_BOOTTIME milliseconds, as Clock::now_ms() counts them.
struct Expiry {
  static constexpr int64_t kNever = std::numeric_limits<int64_t>::max();
  int64_t at_ms = kNever;  // at or before now: stored, but dead at once
};

struct Value {
  std::string_view bytes;
  uint32_t flags = 0;  // the client's, opaque
  Expiry expiry{};
  bool binary_key = false;     // the client's, opaque: its key is not text
  Handled* handled = nullptr;  // held in place of the bytes: HandlingStore
};

enum class PutStatus : uint8_t {
  kStored,
  kNotStored,  // add on a live key; replace, append, prepend on a missing one; too long a join
  kExists,     // cas: changed since
  kNotFound,   // cas: missing
  kTooLarge,   // over the store's item limit; nothing changed
  kNoMemory,   // no free segment now: leave the epoch, make_room(), enter, try again
};

enum class PutMode : uint8_t { kSet, kAdd, kReplace };
enum class JoinMode : uint8_t { kAppend, kPrepend };
enum class ArithmeticMode : uint8_t { kIncrement, kDecrement };

// kExists: WriteTerms named another token.
enum class ArithmeticStatus : uint8_t { kDone, kNotFound, kNotNumber, kNoMemory, kExists };
struct ArithmeticResult {
  ArithmeticStatus status = ArithmeticStatus::kNotFound;
  uint64_t number = 0;  // the new one, when kDone
  uint64_t cas = 0;     // its token
};

// What else a write asks of the live item under its key, and what it leaves beside the value.
struct WriteTerms {
  PutMode mode = PutMode::kSet;       // of put and publish
  std::optional<uint64_t> cas{};      // the item's token is this one; kAdd does not ask
  bool or_newer = false;              // put, publish: a higher token will do as well, but what is
                                      // written then is stale, with the item's expiry and winner
  std::optional<uint64_t> new_cas{};  // the token it leaves; else one of the store's own
  bool stale = false;                 // what it leaves is stale; joined, it stays found
  bool has_winner = false;            // put, publish: and somebody is about to write it anew
  bool exact_expiry = false;  // put, publish: the expiry counts to the ms, it is not rounded up
  bool keep_expiry = false;   // put, publish: the live item's, or none, not the value's
};

struct Written {
  PutStatus status = PutStatus::kNotStored;
  uint64_t cas = 0;       // when kStored: the token it left; 0: it was dead at once
  size_t value_size = 0;  // the same: bytes of the value, joined ones in all
};

enum class EraseStatus : uint8_t { kErased, kNotFound, kExists };

// What an item's present expiry must be for a new one to take its place. Never is latest of all.
struct ExpireTerms {
  bool need_none = false;         // it never expires
  bool need_some = false;         // it does
  bool only_later = false;        // the new expiry is later
  bool only_sooner = false;       // it is sooner
  std::optional<uint64_t> cas{};  // and its token is this one
};
enum class ExpireStatus : uint8_t { kDone, kNotFound, kRefused, kNoMemory };

// How many items a store holds, with those that have expired but were not met since. Exact while
// nobody writes.
struct StoreSize {
  uint64_t items = 0;
  uint64_t expiring = 0;  // of these: with an exact expiry (ExactExpiryStore)
};

}  // namespace pelikan
