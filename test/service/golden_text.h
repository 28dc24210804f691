// The texts of the golden tables: what stands for what in them.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace pelikan::test {

inline void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

// "\\r" and the like.
inline std::string unescape(std::string_view text) {
  std::string plain;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\') {
      plain += text[i];
      continue;
    }
    constexpr std::string_view kLetters = "rnt\\";
    constexpr std::string_view kBytes = "\r\n\t\\";
    const char letter = text[++i];
    if (letter == 'x') {
      plain += static_cast<char>(std::stoi(std::string(text.substr(i + 1, 2)), nullptr, 16));
      i += 2;
    } else {
      plain += kBytes[kLetters.find(letter)];
    }
  }
  return plain;
}

// "{x*3}" becomes xxx.
inline void repeat(std::string& text) {
  for (size_t star = text.find('*'); star != std::string::npos; star = text.find('*', star + 1)) {
    const size_t open = text.rfind('{', star);
    const size_t close = text.find('}', star);
    if (open == std::string::npos || close == std::string::npos) continue;
    const auto times = parse_u64(std::string_view(text).substr(star + 1, close - star - 1));
    if (!times) continue;  // {*}
    std::string repeated = text.substr(open + 1, star - open - 1);
    const size_t size = repeated.size() * *times;
    while (repeated.size() < size) repeated.append(repeated, 0, size - repeated.size());
    repeated.resize(size);
    text.replace(open, close - open + 1, repeated);
    star = open + repeated.size();
  }
}

// Whether the text is what is expected, where "{*}" stands for anything, "{cas}" for digits and
// "{cas8}" for eight bytes, which are remembered.
inline bool golden_match(std::string_view text, std::string_view expected, std::string& cas) {
  constexpr std::string_view kAny = "{*}";
  constexpr std::string_view kCas = "{cas}";
  constexpr std::string_view kCas8 = "{cas8}";
  bool skip = false;  // anything may stand before the next piece
  while (!expected.empty()) {
    if (expected.starts_with(kAny)) {
      skip = true;
      expected.remove_prefix(kAny.size());
      continue;
    }
    if (expected.starts_with(kCas)) {
      const size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
      if (digits == 0) return false;
      cas = text.substr(0, digits);
      text.remove_prefix(digits);
      expected.remove_prefix(kCas.size());
      continue;
    }
    if (expected.starts_with(kCas8)) {
      if (text.size() < 8) return false;
      cas = text.substr(0, 8);
      text.remove_prefix(8);
      expected.remove_prefix(kCas8.size());
      continue;
    }
    const size_t end = std::min({expected.find(kAny), expected.find(kCas), expected.find(kCas8)});
    const std::string_view piece = expected.substr(0, end);
    const size_t at = skip ? text.find(piece) : (text.starts_with(piece) ? 0 : std::string::npos);
    if (at == std::string_view::npos) return false;
    skip = false;
    text.remove_prefix(at + piece.size());
    expected.remove_prefix(piece.size());
  }
  return text.empty() || skip;
}

}  // namespace pelikan::test
