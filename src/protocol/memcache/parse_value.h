// How the parsing of a request ends: refused, or with its value.
#pragma once

#include <cstddef>
#include <cstring>

#include "protocol/memcache/parse.h"
#include "protocol/memcache/request.h"

namespace pelikan::memcache {

inline ParseStatus refuse(Request& request, Reply why, const char* behind) noexcept {
  request.command = Command::kRefused;
  request.refusal = why;
  request.end = behind;
  return ParseStatus::kRequest;
}

// The value of a storage request whose line is good.
inline ParseStatus parse_value(const char* end, Request& request) noexcept {
  const size_t whole = size_t{request.value_size} + kTerminator;
  if (static_cast<size_t>(end - request.value) < whole) return ParseStatus::kIncompleteValue;
  request.end = request.value + whole;
  if (std::memcmp(request.end - kTerminator, "\r\n", kTerminator) == 0)
    return ParseStatus::kRequest;
  request.value_size = 0;
  return refuse(request, Reply::kBadDataChunk, request.end);
}

}  // namespace pelikan::memcache
