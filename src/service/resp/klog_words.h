// What the command log says of a request, but for what came of it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "service/resp/call.h"

namespace pelikan {

struct RespKlogWords {
  std::string_view name{};  // memcached's; empty: not logged
  size_t first = 1;         // where the first key stands among the arguments
  size_t step = 1 << 20;    // to the next one
  size_t value = 0;         // where the value stands behind its key; 0: there is none
  int64_t expiry = 0;       // as memcached's clients tell it
  uint64_t delta = 0;
};

// `args` need not be right in number.
[[nodiscard]] RespKlogWords klog_words(const RespCall& call, const resp::CommandSpec* spec,
                                       std::span<const std::string_view> args) noexcept;

struct RespKlogResult {
  std::optional<size_t> size_before{};  // of the value under the key, if there was one
  bool is_refused = false;              // the client made a mistake
  bool has_failed = false;              // too large, or no memory
  size_t written = 0;                   // bytes of the reply
};

// Logs the key at `at`. REQUIRES: klog.ahead() == 0
void log_line(RespCall& call, const RespKlogWords& words, std::span<const std::string_view> args,
              size_t at, const RespKlogResult& result) noexcept;

}  // namespace pelikan
