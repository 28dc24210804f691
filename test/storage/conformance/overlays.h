// Writing into a part of a value.
#pragma once

#include <array>
#include <string>

#include "storage/conformance/exact_expiry.h"

#include "check.h"

namespace pelikan::test {

template <StoreFixture Fixture>
struct OverlayClient : ExpiryClient<Fixture> {
  using ExpiryClient<Fixture>::prepared;
  using ExpiryClient<Fixture>::store;

  Written overlay(std::string_view key, size_t offset, std::string_view bytes,
                  const WriteTerms& terms = {}) {
    const auto epoch = store.enter();
    return store.overlay(prepared(key), offset, bytes, terms);
  }
  // The value that was left is the one expected, and its size was told.
  void check_overlay(std::string_view key, size_t offset, std::string_view bytes,
                     const std::string& expected) {
    const Written written = overlay(key, offset, bytes);
    ck_assert(written.status == PutStatus::kStored);
    ck_assert_uint_eq(written.value_size, expected.size());
    ck_assert_uint_eq(written.cas, this->token(key));
    ck_assert(this->get(key) == expected);
  }
};

template <StoreFixture Fixture>
void an_overlay_replaces_and_extends(int) {
  OverlayClient<Fixture> c;
  ck_assert(c.put("k", "0123456789") == PutStatus::kStored);
  c.check_overlay("k", 0, "ab", "ab23456789");
  c.check_overlay("k", 4, "cde", "ab23cde789");
  c.check_overlay("k", 9, "fg", "ab23cde78fg");
  c.check_overlay("k", 11, "h", "ab23cde78fgh");
  c.check_overlay("k", 3, "", "ab23cde78fgh");
  c.check_overlay("k", 0, "a value that is longer", "a value that is longer");
}

template <StoreFixture Fixture>
void zero_bytes_fill_what_is_missing_before_an_overlay(int) {
  OverlayClient<Fixture> c;
  ck_assert(c.put("k", "ab") == PutStatus::kStored);
  c.check_overlay("k", 5, "c", std::string("ab\0\0\0c", 6));
  c.check_overlay("none", 3, "d", std::string("\0\0\0d", 4));
  c.check_overlay("far", 1'999, "e", std::string(1'999, '\0') + "e");
}

template <StoreFixture Fixture>
void an_overlay_reaches_into_large_values(int) {
  OverlayClient<Fixture> c;
  std::string value(30'000, 'v');
  ck_assert(c.write("k", {.bytes = value}, {}).status == PutStatus::kStored);
  for (const size_t offset : {0, 1, 2'000, 2'047, 16'384, 29'999, 31'000, 40'000}) {
    const std::string bytes(3'000, static_cast<char>('a' + offset % 26));
    value.resize(std::max(value.size(), offset + bytes.size()));
    value.replace(offset, bytes.size(), bytes);
    c.check_overlay("k", offset, bytes, value);
  }
  // From a small one to a large one.
  ck_assert(c.put("small", "s") == PutStatus::kStored);
  c.check_overlay("small", 50'000, "e", "s" + std::string(49'999, '\0') + "e");
}

template <StoreFixture Fixture>
void an_overlay_keeps_flags_and_expiry(int) {
  OverlayClient<Fixture> c;
  ck_assert(c.write("k", {.bytes = "v", .flags = 77, .expiry = c.in_ms(444)}, kExact).status ==
            PutStatus::kStored);
  c.check_overlay("k", 1, "w", "vw");
  ck_assert_uint_eq(c.flags("k"), 77);
  c.check_lives_ms("k", 444);
  // What is made of a missing one has none.
  c.check_overlay("k", 0, "new", "new");
  ck_assert_uint_eq(c.flags("k"), 0);
  ck_assert_int_eq(c.expiry("k").at_ms, Expiry::kNever);
}

template <StoreFixture Fixture>
void an_overlay_keeps_to_its_terms(int) {
  OverlayClient<Fixture> c;
  ck_assert(c.overlay("k", 1, "x", {.mode = PutMode::kReplace}).status == PutStatus::kNotStored);
  ck_assert(c.overlay("k", 1, "x", {.cas = 7}).status == PutStatus::kNotFound);
  ck_assert(!c.has("k"));
  const Written added = c.overlay("k", 1, "x", {.mode = PutMode::kAdd});
  ck_assert(added.status == PutStatus::kStored);
  ck_assert(c.overlay("k", 1, "y", {.mode = PutMode::kAdd}).status == PutStatus::kNotStored);
  ck_assert(c.overlay("k", 1, "y", {.cas = added.cas + 1}).status == PutStatus::kExists);
  ck_assert(c.get("k") == std::string("\0x", 2));
  ck_assert(c.overlay("k", 1, "y", {.cas = added.cas}).status == PutStatus::kStored);
  ck_assert(c.get("k") == std::string("\0y", 2));
}

template <StoreFixture Fixture>
void an_overlay_beyond_the_limit_changes_nothing(int) {
  OverlayClient<Fixture> c;
  const size_t limit = c.store.value_limit(1);
  ck_assert(c.put("k", "v") == PutStatus::kStored);
  for (const size_t offset : {limit, limit + 1, SIZE_MAX}) {
    ck_assert(c.overlay("k", offset, "x").status == PutStatus::kTooLarge);
  }
  ck_assert_text_eq(c.get("k"), "v");
  ck_assert(c.overlay("k", limit - 1, "x").status == PutStatus::kStored);
}

template <StoreFixture Fixture>
inline constexpr std::array kOverlayTests{
    PELIKAN_CONFORMANCE(an_overlay_replaces_and_extends),
    PELIKAN_CONFORMANCE(zero_bytes_fill_what_is_missing_before_an_overlay),
    PELIKAN_CONFORMANCE(an_overlay_reaches_into_large_values),
    PELIKAN_CONFORMANCE(an_overlay_keeps_flags_and_expiry),
    PELIKAN_CONFORMANCE(an_overlay_keeps_to_its_terms),
    PELIKAN_CONFORMANCE(an_overlay_beyond_the_limit_changes_nothing),
};

}  // namespace pelikan::test
