#include "structure/packed_hash.h"

#include <algorithm>

#include "base/assertion.h"

namespace pelikan::structure {

std::optional<Field> PackedHash::find(const Element& name) const noexcept {
  const char* const row = find_row(name);
  return row == nullptr ? std::nullopt : std::optional<Field>(field(row));
}

Field PackedHash::field(const char* row) const noexcept {
  const Cell name(row);
  const Cell value(name.end());
  if (kind() == PackedKind::kHash) return {.name = name, .value = value};
  const int64_t at_ms = Cell(value.end()).number();
  return {.name = name, .value = value, .expires_at_ms = at_ms == 0 ? kNoExpiry : at_ms};
}

int64_t PackedHash::next_expiry_ms() const noexcept {
  int64_t next = kNoExpiry;
  if (kind() == PackedKind::kHash) return next;
  visit_all([&](const Field& each) { next = std::min(next, each.expires_at_ms); });
  return next;
}

size_t PackedHash::count_live(int64_t now_ms) const noexcept {
  if (kind() == PackedKind::kHash) return size();
  size_t live = 0;
  visit_all([&](const Field& each) { live += each.is_live(now_ms) ? 1U : 0U; });
  return live;
}

size_t HashDraft::row_bytes(const char* row) const noexcept {
  return static_cast<size_t>(view().row_after(row) - row);
}

void HashDraft::put(const char* at, size_t drop, const Element& name, const Element& value,
                    int64_t at_ms) {
  if (packed().kind() == PackedKind::kHash) return put_row(at, drop, name, value);
  put_row(at, drop, name, value, Element(at_ms == kNoExpiry ? 0 : at_ms));
}

bool HashDraft::set(const Element& name, const Element& value) {
  const char* const row = view().find_row(name);
  if (row != nullptr) {
    put(row, row_bytes(row), name, value, kNoExpiry);
    return false;
  }
  put(view().end(), 0, name, value, kNoExpiry);
  add_rows(1);
  return true;
}

void HashDraft::set_value(const Element& name, const Element& value) {
  const char* const row = view().find_row(name);
  CHECK(row != nullptr);
  put(row, row_bytes(row), name, value, view().field(row).expires_at_ms);
}

bool HashDraft::set_expiry(const Element& name, int64_t at_ms) {
  DCHECK(at_ms > 0);
  if (view().find_row(name) == nullptr) return false;
  if (packed().kind() == PackedKind::kHash) {
    if (at_ms == kNoExpiry) return true;
    begin_to_expire();
  }
  const char* const row = view().find_row(name);
  const char* const expiry = view().field(row).value.end();
  const Element number(at_ms == kNoExpiry ? 0 : at_ms);
  number.write(splice(expiry, Cell(expiry).size(), number.size()));
  return true;
}

bool HashDraft::erase(const Element& name) {
  const char* const row = view().find_row(name);
  if (row == nullptr) return false;
  splice(row, row_bytes(row), 0);
  drop_rows(1);
  return true;
}

size_t HashDraft::erase_expired(int64_t now_ms, size_t most) {
  if (packed().kind() == PackedKind::kHash) return 0;
  size_t erased = 0;
  const char* row = view().begin();
  for (size_t left = size(); left > 0 && erased < most; --left) {
    if (view().field(row).is_live(now_ms)) {
      row = view().row_after(row);
      continue;
    }
    row = splice(row, row_bytes(row), 0);
    ++erased;
  }
  drop_rows(erased);
  return erased;
}

void HashDraft::begin_to_expire() {
  start_over(PackedKind::kExpiringHash);
  const PackedHash old(before());
  old.visit_all([&](const Field& field) {
    put_row(view().end(), 0, Element(field.name), Element(field.value), Element(int64_t{0}));
  });
  set_rows(old.size());
}

}  // namespace pelikan::structure
