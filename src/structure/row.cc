#include "structure/row.h"

namespace pelikan::structure {

Row Row::make(Account& account, const Element& name, const Element* value,
              std::optional<double> score) {
  const size_t bytes =
      (score ? sizeof *score : 0) + name.size() + (value != nullptr ? value->size() : 0);
  Row row;
  row.bits_ = reinterpret_cast<uintptr_t>(account.take(bytes)) | (score ? kScored : 0) |
              (value != nullptr ? kValued : 0);
  if (score) row.set_score(*score);
  char* const end = name.write(row.memory() + row.score_bytes());
  if (value != nullptr) value->write(end);
  return row;
}

bool Row::overwrite(const Element& new_value) noexcept {
  const Cell old = value();
  if (old.size() != new_value.size()) return false;
  new_value.write(const_cast<char*>(old.data()));
  return true;
}

}  // namespace pelikan::structure
