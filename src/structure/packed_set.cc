#include "structure/packed_set.h"

#include "base/assertion.h"

namespace pelikan::structure {
namespace {

PackedKind kind_for(int64_t number) noexcept {
  if (number == static_cast<int16_t>(number)) return PackedKind::kIntegers2;
  return number == static_cast<int32_t>(number) ? PackedKind::kIntegers4 : PackedKind::kIntegers8;
}

}  // namespace

int64_t PackedSet::number_at(size_t index) const noexcept {
  const size_t width = integer_width(kind());
  const char* const at = begin() + index * width;
  if (width == 2) {
    int16_t number = 0;
    std::memcpy(&number, at, sizeof number);
    return number;
  }
  if (width == 4) {
    int32_t number = 0;
    std::memcpy(&number, at, sizeof number);
    return number;
  }
  int64_t number = 0;
  std::memcpy(&number, at, sizeof number);
  return number;
}

size_t PackedSet::rank(int64_t number) const noexcept {
  size_t first = 0;
  size_t last = size();
  while (first < last) {
    const size_t middle = (first + last) / 2;
    if (number_at(middle) < number) {
      first = middle + 1;
    } else {
      last = middle;
    }
  }
  return first;
}

bool PackedSet::contains(const Element& member) const noexcept {
  if (!has_numbers_only()) return find_row(member) != nullptr;
  return member.is_number() && has_at(rank(member.number()), member.number());
}

bool SetDraft::add(const Element& member) {
  if (view().has_numbers_only()) {
    if (member.is_number()) return add_number(member.number());
    take_texts();
  }
  if (view().find_row(member) != nullptr) return false;
  put_row(view().end(), 0, member);
  add_rows(1);
  return true;
}

bool SetDraft::add_number(int64_t number) {
  const size_t index = view().rank(number);
  if (view().has_at(index, number)) return false;
  if (kind_for(number) > packed().kind()) widen(kind_for(number));
  const size_t width = integer_width(packed().kind());
  std::memcpy(splice(view().begin() + index * width, 0, width), &number, width);
  add_rows(1);
  return true;
}

void SetDraft::widen(PackedKind kind) {
  start_over(kind);
  const PackedSet old(before());
  const size_t width = integer_width(kind);
  char* to = splice(view().end(), 0, old.size() * width);
  for (size_t i = 0; i < old.size(); ++i, to += width) {
    const int64_t number = old.number_at(i);
    std::memcpy(to, &number, width);
  }
  set_rows(old.size());
}

void SetDraft::take_texts() {
  start_over(PackedKind::kSet);
  const PackedSet old(before());
  for (size_t i = 0; i < old.size(); ++i) put_row(view().end(), 0, Element(old.number_at(i)));
  set_rows(old.size());
}

bool SetDraft::erase(const Element& member) {
  if (view().has_numbers_only()) {
    if (!member.is_number()) return false;
    const size_t index = view().rank(member.number());
    if (!view().has_at(index, member.number())) return false;
    erase_at(index);
    return true;
  }
  const char* const row = view().find_row(member);
  if (row == nullptr) return false;
  splice(row, Cell(row).size(), 0);
  drop_rows(1);
  return true;
}

void SetDraft::erase_at(size_t index) {
  DCHECK(index < size());
  const size_t width = integer_width(packed().kind());
  const char* const row = width != 0 ? view().begin() + index * width : view().row_at(index);
  splice(row, width != 0 ? width : Cell(row).size(), 0);
  drop_rows(1);
}

}  // namespace pelikan::structure
