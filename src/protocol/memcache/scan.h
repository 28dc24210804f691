// Where words and lines of memcached's text protocol end.
//
// Words are separated by spaces only; tabs, control bytes and bytes from 0x80 on belong to keys. A
// line ends with LF or CR LF. Every byte is looked at once, 16 at a time: the first byte that is at
// most ' ' ends a word, unless it turns out to be a control byte of a key.
//
// REQUIRES of all: kScanSlack bytes behind `end` may be read (their content does not matter).
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace pelikan::memcache {

inline constexpr size_t kScanSlack = 16;

static_assert(std::endian::native == std::endian::little,
              "words are compared as little-endian integers");

// The first byte of [p, end) that is at most ' ', or end. Eight bytes at a time, without vector
// instructions.
inline const char* find_low_byte_portable(const char* p, const char* end) noexcept {
  constexpr uint64_t kOnes = 0x0101010101010101;
  for (; p < end; p += 8) {
    uint64_t word;
    std::memcpy(&word, p, 8);
    // Bit 7 of every byte below 0x21; a borrow can set it falsely only above a byte that has it
    // rightly.
    const uint64_t low = (word - kOnes * 0x21) & ~word & (kOnes * 0x80);
    if (low != 0) {
      p += std::countr_zero(low) / 8;
      return p < end ? p : end;
    }
  }
  return end;
}

// The same, 16 bytes at a time where the machine has SSE2.
inline const char* find_low_byte(const char* p, const char* end) noexcept {
#if defined(__SSE2__)
  const __m128i space = _mm_set1_epi8(' ');
  for (; p < end; p += 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
    const __m128i low = _mm_cmpeq_epi8(_mm_min_epu8(bytes, space), bytes);
    const auto mask = static_cast<uint32_t>(_mm_movemask_epi8(low));
    if (mask != 0) {
      p += std::countr_zero(mask);
      return p < end ? p : end;
    }
  }
  return end;
#else
  return find_low_byte_portable(p, end);
#endif
}

enum class LineEnd : uint8_t { kNone, kCut, kLf, kCrLf };

// What stands at p: the end of a line, a CR or the end of the input that leaves it open (kCut), or
// neither.
inline LineEnd line_end_at(const char* p, const char* end) noexcept {
  if (p == end) return LineEnd::kCut;
  if (*p == '\n') return LineEnd::kLf;
  if (*p != '\r') return LineEnd::kNone;
  if (p + 1 == end) return LineEnd::kCut;
  return p[1] == '\n' ? LineEnd::kCrLf : LineEnd::kNone;
}

// The end of the word at p: the space or line end behind it, or `end`. A CR that ends the input may
// be half a line end, or a byte of the word: it is left to line_end_at(), which calls it kCut.
inline const char* find_word_end(const char* p, const char* end) noexcept {
  for (;; ++p) {
    p = find_low_byte(p, end);
    if (p == end || *p == ' ' || *p == '\n') return p;
    if (*p == '\r' && (p + 1 == end || p[1] == '\n')) return p;
  }
}

// What is the key of the first request, if that has one: its second word. For hints: no line is
// checked.
inline std::string_view second_word(std::string_view in) noexcept {
  constexpr size_t kFarEnough = 270;  // a command and the longest key
  const char* end = in.data() + std::min(in.size(), kFarEnough);
  const char* begin = find_low_byte(in.data(), end);
  if (begin == end) return {};
  ++begin;
  return {begin, static_cast<size_t>(find_low_byte(begin, end) - begin)};
}

inline const char* skip_spaces(const char* p, const char* end) noexcept {
  while (p < end && *p == ' ') ++p;
  return p;
}

}  // namespace pelikan::memcache
