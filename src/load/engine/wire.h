// A protocol as the generator speaks it: requests to bytes, bytes to answers. Both ways are the
// project's protocol modules; a wire only says which of their words mean what.
//
// A wire is a class with
//   size_t bound(const WireRequest&) const       bytes that compose() may write
//   char* compose(char* to, const WireRequest&)  writes the request, returns its end
//   bool parse(std::string_view in, Verb, Answer&)  the answer at the start of `in` to a request of
//                                                this verb; false while it is not whole
//   static std::string_view name(Verb)           what the verb is called in reports
#pragma once

#include <concepts>
#include <cstdint>
#include <span>
#include <string_view>

#include "load/workload/mix.h"

namespace pelikan::load {

// Which key of the workload; the source that drew it can make its text and value again.
struct KeyReference {
  uint64_t number = 0;
  uint8_t keyspace = 0;
};

// Views live until the source is asked for the next one.
struct WireRequest {
  Verb verb = Verb::kGet;
  uint8_t keyspace = 0;
  bool fills = false;                      // a miss is followed by a set
  bool verifies = false;                   // returned values are checked
  bool then_cas = false;                   // a hit is followed by a cas with the number it gave
  int64_t ttl_s = 0;                       // 0: none; below 0: over already
  uint64_t number = 0;                     // cas: the token; incr, decr: the delta
  std::span<const std::string_view> keys;  // several for mget and mset
  std::span<const uint64_t> numbers;       // of the keys, for KeyReference
  std::string_view value;
  std::span<const std::string_view> values;  // of an mset: one for each key
  std::span<const std::string_view> words;   // of a raw command
};

enum class Outcome : uint8_t {
  kHit,
  kMiss,
  kStored,
  kNotStored,
  kEnd,  // of a retrieval: keys without a value are missing
  kOk,   // none of these, but no error
  kServerError,
  kClientError,
  kBroken,  // no answer to this request; the rest of the stream cannot be understood
};

struct Answer {
  static constexpr int64_t kToldByKey = -1;

  Outcome outcome = Outcome::kBroken;
  bool has_value = false;
  bool is_last = true;  // false: one value of a request; more follows
  size_t size = 0;      // bytes taken
  int64_t position =
      kToldByKey;        // of a value's key in the request, and of the last one's at its end
  uint64_t number = 0;   // the cas token of a value
  std::string_view key;  // of a value, with kToldByKey; into the input
  std::string_view value;
};

template <class W>
concept Wire = requires(W wire, char* to, const WireRequest& request, Answer& answer) {
  { wire.bound(request) } -> std::same_as<size_t>;
  { wire.compose(to, request) } -> std::same_as<char*>;
  { wire.parse(std::string_view(), Verb::kGet, answer) } -> std::same_as<bool>;
  { W::name(Verb::kGet) } -> std::same_as<std::string_view>;
};

}  // namespace pelikan::load
