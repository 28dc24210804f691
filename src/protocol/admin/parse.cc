#include "protocol/admin/parse.h"

#include "base/tls_hello.h"

namespace pelikan::admin {
namespace {

constexpr std::string_view kBlanks = " \t";

std::string_view trim(std::string_view text) noexcept {
  const size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

Request parse_line(std::string_view line) noexcept {
  line = trim(line);
  const size_t word_end = line.find_first_of(kBlanks);
  const std::string_view word = line.substr(0, word_end);
  const std::string_view argument =
      word_end == std::string_view::npos ? std::string_view() : trim(line.substr(word_end));
  if (word == "stats") return {Command::kStats, argument};
  if (word == "verbosity") return {Command::kVerbosity, argument};
  if (word == "version" && argument.empty()) return {Command::kVersion, {}};
  if (word == "quit" && argument.empty()) return {Command::kQuit, {}};
  if (word == "shutdown" && argument.empty()) return {Command::kShutdown, {}};
  if (word == "reload" && argument.empty()) return {Command::kReload, {}};
  return {};
}

// "GET / HTTP/1.1"
bool is_http(std::string_view line) noexcept {
  const size_t version = line.rfind(' ');
  return version != std::string_view::npos && line.substr(version + 1).starts_with("HTTP/");
}

}  // namespace

ParseResult parse_request(std::string_view in) noexcept {
  if (in.starts_with(kTlsHandshake)) return {.status = ParseStatus::kHangUp};
  const size_t newline = in.substr(0, kLineMax).find('\n');
  if (newline == std::string_view::npos) {
    return {.status = in.size() < kLineMax ? ParseStatus::kIncomplete : ParseStatus::kTooLong};
  }
  std::string_view line = in.substr(0, newline);
  if (line.ends_with('\r')) line.remove_suffix(1);
  if (is_http(line)) return {.status = ParseStatus::kHangUp};
  return {.status = ParseStatus::kOk, .consumed = newline + 1, .request = parse_line(line)};
}

}  // namespace pelikan::admin
