// Large hashes. The methods of HashDraft and PackedHash, and what only a large one needs. Fields
// that expire stand in a tree by their expiry too; the others do not pay for that.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/hash.h"
#include "structure/memory.h"
#include "structure/packed_hash.h"
#include "structure/row_table.h"
#include "structure/score_tree.h"

namespace pelikan::structure {

// Thread safety: none. `hash` has the seed of the process.
class BigHash {
 public:
  explicit BigHash(KeyedHash hash) : table_(account_, hash), by_expiry_(account_) {}
  BigHash(KeyedHash hash, const PackedHash& packed);

  [[nodiscard]] size_t size() const noexcept { return table_.size(); }
  [[nodiscard]] std::optional<Field> find(const Element& name) const noexcept;
  template <class Visit>
  void visit_all(Visit&& visit) const {
    table_.visit_all([&](Row row) { visit(field(row)); });
  }
  [[nodiscard]] int64_t next_expiry_ms() const noexcept {
    return by_expiry_.size() == 0 ? kNoExpiry : expiry_of(by_expiry_.at(0));
  }
  // kNoExpiry: there is one that does not expire. REQUIRES: size() != 0
  [[nodiscard]] int64_t last_expiry_ms() const noexcept {
    return by_expiry_.size() == size() ? expiry_of(by_expiry_.at(size() - 1)) : kNoExpiry;
  }
  [[nodiscard]] size_t count_live(int64_t now_ms) const noexcept {
    return size() - by_expiry_.count_before([&](double at_ms, Row /*row*/) {
      return at_ms <= static_cast<double>(now_ms);
    });
  }

  bool set(const Element& name, const Element& value);
  void set_value(const Element& name, const Element& value);
  // REQUIRES: 0 < at_ms < 2^53, or kNoExpiry
  bool set_expiry(const Element& name, int64_t at_ms);
  bool erase(const Element& name);
  size_t erase_expired(int64_t now_ms, size_t most = SIZE_MAX);

  // As RowTable's. Calls visit(const Field&).
  template <class Visit>
  uint64_t scan(uint64_t cursor, size_t count, Visit&& visit) const {
    return table_.scan(cursor, count, [&](Row row) { visit(field(row)); });
  }
  [[nodiscard]] Field random_field(uint64_t& random) const noexcept {
    return field(table_.random_row(random));
  }
  [[nodiscard]] size_t memory() const noexcept {
    return size_class(sizeof(BigHash)) + account_.bytes();
  }
  bool destroy_some(size_t count) noexcept {
    return by_expiry_.destroy_some(count) && table_.destroy_some(count);
  }
  void check_invariants() const;

 private:
  [[nodiscard]] static int64_t expiry_of(Row row) noexcept {
    return row.has_score() ? static_cast<int64_t>(row.score()) : kNoExpiry;
  }
  [[nodiscard]] static Field field(Row row) noexcept {
    return {.name = row.name(), .value = row.value(), .expires_at_ms = expiry_of(row)};
  }
  // Another row of the same name in its place. Their parts may stand in the old one.
  void replace(Row& slot, const Element& name, const Element& value, int64_t at_ms);

  Account account_;
  RowTable table_;
  ScoreTree by_expiry_;
};

}  // namespace pelikan::structure
