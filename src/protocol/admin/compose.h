// The admin port's text, answers to bytes. Answers are built in strings: they are made on the
// control plane.
#pragma once

#include <fmt/format.h>

#include <iterator>
#include <string>
#include <string_view>

namespace pelikan::admin {

inline constexpr std::string_view kEnd = "END\r\n";
inline constexpr std::string_view kOk = "OK\r\n";
inline constexpr std::string_view kReset = "RESET\r\n";
inline constexpr std::string_view kError = "ERROR\r\n";
inline constexpr std::string_view kTooManyConnections = "ERROR too many admin connections\r\n";

// Appends "STAT name value\r\n"; the value is anything fmt can print.
template <class Value>
void append_stat(std::string& out, std::string_view name, const Value& value) {
  fmt::format_to(std::back_inserter(out), "STAT {} {}\r\n", name, value);
}

inline void append_version(std::string& out, std::string_view version) {
  fmt::format_to(std::back_inserter(out), "VERSION {}\r\n", version);
}

}  // namespace pelikan::admin
