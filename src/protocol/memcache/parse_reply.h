// Reads replies of memcached's text protocol, as a client does. Nothing is copied; views point into
// the input.
#pragma once

#include <optional>
#include <string_view>

#include "protocol/memcache/reply.h"

namespace pelikan::memcache {

// The reply at the start of `in`; false while it is not whole. What no memcached sends is an error
// whose text is the line.
[[nodiscard]] bool parse_reply(std::string_view in, ParsedReply& reply) noexcept;

// The first flag of this letter in the flags of an answer to a meta command, without the letter;
// empty: there is none.
[[nodiscard]] std::optional<std::string_view> meta_flag(std::string_view flags,
                                                        char letter) noexcept;

}  // namespace pelikan::memcache
