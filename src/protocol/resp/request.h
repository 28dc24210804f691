// Requests of the Redis protocol (RESP), as a server reads them: a command and its arguments. A
// worker keeps the arguments of a batch of requests in one arena, whose memory stays for the next.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "protocol/resp/command.h"

namespace pelikan::resp {

// One request that was parsed; its arguments stand in Arguments.
struct Request {
  const CommandSpec* spec = nullptr;  // a container's subcommand where it has one of that name, the
                                      // container where not; null: there is no such command
  uint32_t first = 0;                 // in Arguments
  uint32_t count = 0;                 // of arguments, the command's name counted; at least 1
  const char* end = nullptr;          // the byte behind it in the input
};

// An argument longer than the limit: no bytes, but its announced size.
[[nodiscard]] inline bool is_too_long(std::string_view argument) noexcept {
  return argument.data() == nullptr && !argument.empty();
}

// The arguments of the requests of one batch: views into the input, or into bytes kept here when
// the words of an inline request had quotes.
class Arguments {
 public:
  // Forgets the arguments; keeps the room for so many, until more come.
  void clear() noexcept {
    views_.clear();
    if (!unquoted_.empty()) [[unlikely]]
      unquoted_.clear();
  }
  // args[0] is the command's name. Valid until the next request is parsed into this.
  [[nodiscard]] std::span<const std::string_view> of(const Request& request) const noexcept {
    return {views_.data() + request.first, request.count};
  }

  // For the parser.
  [[nodiscard]] size_t size() const noexcept { return views_.size(); }
  void add(std::string_view argument) { views_.push_back(argument); }
  void drop_from(size_t size) noexcept { views_.resize(size); }
  // Room for `size` bytes; lives until clear().
  [[nodiscard]] char* unquoted_room(size_t size) {
    return unquoted_.emplace_back(std::make_unique<char[]>(size)).get();
  }

 private:
  std::vector<std::string_view> views_;
  std::vector<std::unique_ptr<char[]>> unquoted_;
};

}  // namespace pelikan::resp
