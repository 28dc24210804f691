// The admin port's text, bytes to requests: one request is one line,
//
//   stats [sub]        version        verbosity <level>        quit        shutdown        reload
//
// ended by \n or \r\n; words are parted by blanks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace pelikan::admin {

// A longer line is no request: its connection is closed.
inline constexpr size_t kLineMax = 1024;

enum class Command : uint8_t { kStats, kVersion, kVerbosity, kQuit, kShutdown, kReload, kUnknown };

struct Request {
  Command command = Command::kUnknown;
  std::string_view argument;  // of stats and verbosity, without blanks around it; empty: none given
};

enum class ParseStatus : uint8_t {
  kOk,
  kIncomplete,
  kTooLong,
  kHangUp,  // TLS, or HTTP: a page in somebody's browser may have sent it, with commands of ours
            // behind it
};

struct ParseResult {
  ParseStatus status = ParseStatus::kIncomplete;
  size_t consumed = 0;  // the line and its end; 0 unless kOk
  Request request{};    // views into the bytes that were parsed
};

// Takes the first line of `in`. A line that is no command, or has a word too many, is kOk and
// kUnknown; HTTP's request line alone is not.
[[nodiscard]] ParseResult parse_request(std::string_view in) noexcept;

}  // namespace pelikan::admin
