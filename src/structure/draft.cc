#include "structure/draft.h"

#include <cstring>

#include "base/assertion.h"

namespace pelikan::structure {

void Draft::clear(PackedKind kind) {
  bytes_.assign(Packed::kHead, '\0');
  set_kind(kind);
}

void Draft::set_rows(size_t rows) {
  CHECK(rows <= Packed::kMaxRows);
  const auto count = static_cast<uint16_t>(rows);
  std::memcpy(bytes_.data() + 1, &count, sizeof count);
}

void Draft::start_over(PackedKind kind) {
  before_.swap(bytes_);
  clear(kind);
}

}  // namespace pelikan::structure
