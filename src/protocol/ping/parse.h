// The ping protocol, bytes to messages: "PING\r\n" is a request, "PONG\r\n" its reply; there is
// nothing else. Both directions, so that servers, clients and tests share one definition.
#pragma once

#include <cstdint>
#include <string_view>

namespace pelikan::ping {

inline constexpr std::string_view kRequest = "PING\r\n";
inline constexpr std::string_view kReply = "PONG\r\n";

enum class ParseStatus : uint8_t {
  kOk,          // a whole message lies at the start: its size is kRequest.size() or kReply.size()
  kIncomplete,  // may still become one
  kInvalid,     // whatever comes behind, it is none
};

// Looks for `message` at the start of `in`.
[[nodiscard]] inline ParseStatus parse(std::string_view in, std::string_view message) noexcept {
  if (in.starts_with(message)) return ParseStatus::kOk;
  return message.starts_with(in) ? ParseStatus::kIncomplete : ParseStatus::kInvalid;
}

[[nodiscard]] inline ParseStatus parse_request(std::string_view in) noexcept {
  return parse(in, kRequest);
}

[[nodiscard]] inline ParseStatus parse_reply(std::string_view in) noexcept {
  return parse(in, kReply);
}

}  // namespace pelikan::ping
