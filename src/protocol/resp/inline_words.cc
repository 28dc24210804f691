#include "protocol/resp/inline_words.h"

#include <cstddef>
#include <optional>

namespace pelikan::resp {
namespace {

bool is_blank(char byte) noexcept { return byte == ' ' || (byte >= '\t' && byte <= '\r'); }

std::optional<unsigned> hex_digit(char byte) noexcept {
  if (byte >= '0' && byte <= '9') return static_cast<unsigned>(byte - '0');
  const auto lower = static_cast<char>(byte | 0x20);
  if (lower >= 'a' && lower <= 'f') return static_cast<unsigned>(lower - 'a' + 10);
  return std::nullopt;
}

char unescaped(char letter) noexcept {
  switch (letter) {
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    case 'b':
      return '\b';
    case 'a':
      return '\a';
    default:
      return letter;
  }
}

// Cuts a line into words, taking quotes away; what a word becomes is never longer than what it was.
class Unquoter {
 public:
  Unquoter(std::string_view line, char* to) noexcept
      : at_(line.data()), end_(line.data() + line.size()), to_(to) {}

  bool add_words(Arguments& arguments) {
    while (skip_blanks()) {
      const char* begin = to_;
      if (!copy_word()) return false;
      arguments.add({begin, static_cast<size_t>(to_ - begin)});
    }
    return true;
  }

 private:
  bool skip_blanks() noexcept {
    while (at_ < end_ && is_blank(*at_)) ++at_;
    return at_ < end_;
  }

  bool copy_word() noexcept {
    while (at_ < end_ && !is_blank(*at_)) {
      const char byte = *at_++;
      if (byte != '"' && byte != '\'') {
        *to_++ = byte;
        continue;
      }
      if (!(byte == '"' ? copy_double_quoted() : copy_single_quoted())) return false;
      return at_ == end_ || is_blank(*at_);
    }
    return true;
  }

  // Behind the opening quote; false: there is no closing one.
  bool copy_double_quoted() noexcept {
    while (at_ < end_) {
      const char byte = *at_++;
      if (byte == '"') return true;
      *to_++ = byte == '\\' && at_ < end_ ? copy_escape() : byte;
    }
    return false;
  }
  char copy_escape() noexcept {
    const char letter = *at_++;
    if (letter != 'x' || end_ - at_ < 2) return unescaped(letter);
    const auto high = hex_digit(at_[0]);
    const auto low = hex_digit(at_[1]);
    if (!high || !low) return letter;
    at_ += 2;
    return static_cast<char>(*high * 16 + *low);
  }
  bool copy_single_quoted() noexcept {
    while (at_ < end_) {
      char byte = *at_++;
      if (byte == '\'') return true;
      if (byte == '\\' && at_ < end_ && *at_ == '\'') byte = *at_++;
      *to_++ = byte;
    }
    return false;
  }

  const char* at_;
  const char* end_;
  char* to_;
};

}  // namespace

bool add_inline_words(std::string_view line, Arguments& arguments) {
  // Redis takes the line as a C string.
  line = line.substr(0, line.find('\0'));
  if (line.find_first_of("\"'") != std::string_view::npos) {
    return Unquoter(line, arguments.unquoted_room(line.size())).add_words(arguments);
  }
  while (true) {
    while (!line.empty() && is_blank(line[0])) line.remove_prefix(1);
    if (line.empty()) return true;
    size_t size = 1;
    while (size < line.size() && !is_blank(line[size])) ++size;
    arguments.add(line.substr(0, size));
    line.remove_prefix(size);
  }
}

}  // namespace pelikan::resp
