#include "structure/big_set.h"

#include <optional>

namespace pelikan::structure {

BigSet::BigSet(KeyedHash hash, const PackedSet& packed) : BigSet(hash) {
  packed.visit_all([&](const Text& text) { add(Element(text.view())); });
}

bool BigSet::add(const Element& member) {
  const uint64_t hash = table_.hash(member);
  if (table_.find(member, hash) != nullptr) return false;
  table_.insert(Row::make(account_, member, nullptr, std::nullopt), hash);
  return true;
}

bool BigSet::erase(const Element& member) {
  const uint64_t hash = table_.hash(member);
  Row* const slot = table_.find(member, hash);
  if (slot == nullptr) return false;
  Row row = *slot;
  table_.erase(slot, hash);
  row.free(account_);
  return true;
}

}  // namespace pelikan::structure
