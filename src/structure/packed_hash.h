// Packed hashes: a view, and the draft that changes one. BigHash has the same methods.
//
// A field may expire. As long as none of a hash does, that costs nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>

#include "structure/draft.h"
#include "structure/packed.h"

namespace pelikan::structure {

inline constexpr int64_t kNoExpiry = std::numeric_limits<int64_t>::max();

struct Field {
  Cell name;
  Cell value;
  int64_t expires_at_ms = kNoExpiry;  // on the caller's clock

  [[nodiscard]] bool is_live(int64_t now_ms) const noexcept { return expires_at_ms > now_ms; }
};

// What has expired is there until erase_expired().
class PackedHash : public Packed {
 public:
  using Packed::Packed;

  [[nodiscard]] std::optional<Field> find(const Element& name) const noexcept;
  // REQUIRES: index < size()
  [[nodiscard]] Field at(size_t index) const noexcept { return field(row_at(index)); }
  // Calls visit(const Field&) for all.
  template <class Visit>
  void visit_all(Visit&& visit) const {
    visit_rows(0, size(), Direction::kForward, [&](const char* row) { visit(field(row)); });
  }
  // When the first field expires; kNoExpiry: none does.
  [[nodiscard]] int64_t next_expiry_ms() const noexcept;
  [[nodiscard]] size_t count_live(int64_t now_ms) const noexcept;

 private:
  friend class HashDraft;
  [[nodiscard]] Field field(const char* row) const noexcept;
};

// REQUIRES: begun as, or loaded from, a hash; no more than Packed::kMaxRows
class HashDraft : public Draft {
 public:
  void clear() { Draft::clear(PackedKind::kHash); }
  [[nodiscard]] PackedHash view() const noexcept { return PackedHash(bytes_); }
  [[nodiscard]] std::optional<Field> find(const Element& name) const noexcept {
    return view().find(name);
  }

  // The field then never expires. True: it is new.
  bool set(const Element& name, const Element& value);
  // Keeps the expiry. REQUIRES: the field is there
  void set_value(const Element& name, const Element& value);
  // False: no such field. REQUIRES: at_ms > 0
  bool set_expiry(const Element& name, int64_t at_ms);
  bool erase(const Element& name);
  // Those at or before now; how many. At most `most`.
  size_t erase_expired(int64_t now_ms, size_t most = SIZE_MAX);
  [[nodiscard]] int64_t next_expiry_ms() const noexcept { return view().next_expiry_ms(); }

 private:
  void put(const char* at, size_t drop, const Element& name, const Element& value, int64_t at_ms);
  [[nodiscard]] size_t row_bytes(const char* row) const noexcept;
  void begin_to_expire();
};

}  // namespace pelikan::structure
