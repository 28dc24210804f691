// Keyspace: one population of keys and what belongs to a key by its number: its bytes, the size and
// bytes of its value, its time to live.
//
// Thread safety: read-only after construction, shared by all threads.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "load/workload/distribution.h"
#include "load/workload/key_text.h"
#include "load/workload/keyspace_options.h"
#include "load/workload/mix.h"
#include "load/workload/popularity.h"
#include "load/workload/raw_command.h"
#include "load/workload/share.h"
#include "load/workload/value.h"

namespace pelikan::load {

class Keyspace {
 public:
  // Throws SetupError when an option's text is wrong, or two contradict each other.
  // REQUIRES: the options outlive it
  Keyspace(const KeyspaceOptions& options, uint64_t seed);

  [[nodiscard]] const std::string& name() const noexcept { return options_.keyspace_name; }
  [[nodiscard]] const KeyspaceOptions& options() const noexcept { return options_; }
  [[nodiscard]] uint64_t keys() const noexcept { return keys_; }  // without those asked for once
  [[nodiscard]] const Mix& mix() const noexcept { return mix_; }
  // Stores a key; null: a set does.
  [[nodiscard]] const RawCommand* fill() const noexcept { return fill_ ? &*fill_ : nullptr; }
  [[nodiscard]] Popularity popularity(Share share) const;

  // Writes a key at `out` (KeyText::kMaxBytes free) and returns it.
  [[nodiscard]] std::string_view write_key(uint64_t key, char* out) const noexcept {
    return text_.write(key, out);
  }
  // How large a value is to be stored; always the same for a key when value_stable.
  [[nodiscard]] uint32_t value_size(uint64_t key, Random& random) const noexcept {
    return is_stable_ ? sizes_.draw_for(size_seed_, key) : sizes_.draw(random);
  }
  [[nodiscard]] uint32_t max_value_size() const noexcept { return sizes_.max(); }
  [[nodiscard]] uint32_t ttl_s(uint64_t key) const noexcept {  // 0: none
    return ttls_.draw_for(ttl_seed_, key);
  }
  [[nodiscard]] const ValueMaker& values() const noexcept { return values_; }
  // Checks a value returned for a key; its age not where the mix extends lives.
  [[nodiscard]] Verdict verify(uint64_t key, std::string_view value, int64_t now_ms) const noexcept;

 private:
  const KeyspaceOptions& options_;
  uint64_t scramble_seed_;
  uint64_t size_seed_;
  uint64_t ttl_seed_;
  bool is_stable_;
  KeyText text_;
  uint64_t keys_;
  Distribution sizes_;
  Distribution ttls_;
  Mix mix_;
  std::optional<RawCommand> fill_;
  bool extends_lives_;
  ValueMaker values_;
};

}  // namespace pelikan::load
