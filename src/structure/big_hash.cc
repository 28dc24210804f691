#include "structure/big_hash.h"

#include "base/assertion.h"

namespace pelikan::structure {

BigHash::BigHash(KeyedHash hash, const PackedHash& packed) : BigHash(hash) {
  packed.visit_all([&](const Field& field) {
    const Element name(field.name);
    set(name, Element(field.value));
    if (field.expires_at_ms != kNoExpiry) set_expiry(name, field.expires_at_ms);
  });
}

std::optional<Field> BigHash::find(const Element& name) const noexcept {
  const Row* const slot = table_.find(name, table_.hash(name));
  return slot == nullptr ? std::nullopt : std::optional<Field>(field(*slot));
}

void BigHash::replace(Row& slot, const Element& name, const Element& value, int64_t at_ms) {
  Row old = slot;
  const bool expires = at_ms != kNoExpiry;
  const auto score =
      expires ? std::optional<double>(static_cast<double>(at_ms)) : std::optional<double>();
  slot = Row::make(account_, name, &value, score);
  if (old.has_score()) by_expiry_.erase(old);
  if (expires) by_expiry_.insert(slot);
  old.free(account_);
}

bool BigHash::set(const Element& name, const Element& value) {
  const uint64_t hash = table_.hash(name);
  Row* const slot = table_.find(name, hash);
  if (slot == nullptr) {
    table_.insert(Row::make(account_, name, &value, std::nullopt), hash);
    return true;
  }
  if (slot->has_score() || !slot->overwrite(value)) replace(*slot, name, value, kNoExpiry);
  return false;
}

void BigHash::set_value(const Element& name, const Element& value) {
  Row* const slot = table_.find(name, table_.hash(name));
  CHECK(slot != nullptr);
  if (!slot->overwrite(value)) replace(*slot, name, value, expiry_of(*slot));
}

bool BigHash::set_expiry(const Element& name, int64_t at_ms) {
  DCHECK(at_ms > 0);
  Row* const slot = table_.find(name, table_.hash(name));
  if (slot == nullptr) return false;
  if (expiry_of(*slot) != at_ms) replace(*slot, name, Element(slot->value()), at_ms);
  return true;
}

bool BigHash::erase(const Element& name) {
  const uint64_t hash = table_.hash(name);
  Row* const slot = table_.find(name, hash);
  if (slot == nullptr) return false;
  Row row = *slot;
  if (row.has_score()) by_expiry_.erase(row);
  table_.erase(slot, hash);
  row.free(account_);
  return true;
}

size_t BigHash::erase_expired(int64_t now_ms, size_t most) {
  size_t erased = 0;
  for (; erased < most && next_expiry_ms() <= now_ms && next_expiry_ms() != kNoExpiry; ++erased) {
    erase(Element(by_expiry_.at(0).name()));
  }
  return erased;
}

void BigHash::check_invariants() const {
  table_.check_invariants();
  by_expiry_.check_invariants();
  size_t expiring = 0;
  table_.visit_all([&](Row row) { expiring += row.has_score() ? 1U : 0U; });
  CHECK(expiring == by_expiry_.size());
}

}  // namespace pelikan::structure
