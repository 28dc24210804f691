// Reads meta commands: <key> [<bytes> of ms] <flag>*, a flag being a letter and what belongs to it.
#pragma once

#include "protocol/memcache/meta.h"
#include "protocol/memcache/parse.h"
#include "protocol/memcache/request.h"

namespace pelikan::memcache {

// The request whose command's word ended at p. The line ends before `limit`; behind it an ms may
// bring its value, up to `end`. REQUIRES: request.command says which it is, kScanSlack bytes behind
// `end` may be read
[[nodiscard]] ParseStatus parse_meta(const char* p, const char* limit, const char* end,
                                     Request& request, MetaFlags& flags) noexcept;

}  // namespace pelikan::memcache
