// Reads requests of memcached's text protocol. Nothing is copied, nothing is allocated; views point
// into the input. Incremental without keeping bytes: what is not whole is asked for again with more
// behind it.
#pragma once

#include <cstdint>
#include <string_view>

#include "protocol/memcache/meta.h"
#include "protocol/memcache/request.h"

namespace pelikan::memcache {

enum class ParseStatus : uint8_t {
  kRequest,          // one key operation, maybe one that is refused
  kIncomplete,       // nothing was understood yet: come again with more bytes
  kIncompleteValue,  // a storage request, its value not all there: `end` is not set
  kHangUp,           // no memcached client speaks like that: close without a word
};

// Where a stream of requests stands between two key operations: at the start of a line, or inside a
// get.
//
// A list of keys that lies whole in the input is checked to its end before its first key is handed
// out, so a bad key is answered by one error alone. A list whose end is not there is waited for up
// to kMaxOpenLine bytes; a longer one is handed out as it comes, and a bad key in it ends the
// connection behind its error.
class RequestParser {
 public:
  using Request = memcache::Request;
  using Flags = MetaFlags;
  static constexpr size_t kTerminator = memcache::kTerminator;  // bytes behind a value

  // The key operation at the start of `in`; the next one stands at request.end.
  // A meta command's flags are left in `flags`, which lives as long as the request's key is used.
  // REQUIRES: kScanSlack bytes behind `in` may be read
  [[nodiscard]] ParseStatus parse(std::string_view in, Request& request, MetaFlags& flags) noexcept;
  // Goes back to the place behind this request: those parsed after it will come again.
  void continue_behind(const Request& request) noexcept;

 private:
  int64_t exptime_ = 0;              // of the gat it is inside of
  Command command_ = Command::kGet;  // of the get it is inside of
  bool inside_ = false;
};

}  // namespace pelikan::memcache
