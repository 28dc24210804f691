// Reads requests of memcached's binary protocol: the same key operations as those of the text
// protocol, with what only frames have beside them. Nothing is copied, kept or allocated; every
// length is checked against the header's and against a limit before it is used.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "protocol/memcache/binary.h"
#include "protocol/memcache/parse.h"
#include "protocol/memcache/request.h"

namespace pelikan::memcache {

// A key operation, and what frames say beside it.
struct BinaryRequest : Request {
  uint64_t cas = 0;      // the item's token must be this one; 0: any
  uint64_t initial = 0;  // increment, decrement: what a missing key begins with
  uint32_t opaque = 0;
  Opcode opcode = Opcode::kGet;
  bool creates = false;  // increment, decrement: a missing key is created

  [[nodiscard]] std::optional<uint64_t> wanted_cas() const noexcept {
    return cas == 0 ? std::nullopt : std::optional(cas);
  }
};

// What the text protocol's meta commands bring has no place in a frame.
struct NoFlags {};

// A frame that says what cannot be is answered, and so much of its body swallowed; a longer one
// ends the connection.
inline constexpr uint32_t kMaxBadBody = 64 * 1024;

class BinaryParser {
 public:
  using Request = BinaryRequest;
  using Flags = NoFlags;
  static constexpr size_t kTerminator = 0;  // nothing stands behind a value

  // The request at the start of `in`; the next one stands at request.end. `noreply` is set for the
  // quiet ones. A set, add or replace with a cas token is a kCas.
  [[nodiscard]] ParseStatus parse(std::string_view in, BinaryRequest& request,
                                  NoFlags& /*flags*/) noexcept;
  void continue_behind(const BinaryRequest& /*request*/) noexcept {
  }  // frames do not depend on another
};

// The key of the first request, when it is there. For hints: no frame is checked.
[[nodiscard]] std::string_view first_binary_key(std::string_view in) noexcept;

}  // namespace pelikan::memcache
