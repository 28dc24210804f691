#include "load/workload/keyspace.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/hash.h"

namespace pelikan::load {
namespace {

// Keys beyond the keyspace's own that its digits have room for when there is `one_hit`.
constexpr uint64_t kOneHitRoom = uint64_t{1} << 40;

uint64_t seed_of(const KeyspaceOptions& options, uint64_t seed, std::string_view purpose) {
  return KeyedHash(derived_seed(seed, KeyedHash(0)(options.keyspace_name)))(purpose);
}

KeyText text_of(const KeyspaceOptions& options, uint64_t seed) {
  if (!options.keys_from.get().empty()) {
    if (options.one_hit.get() > 0) {
      Setting(options.keys_from).refuse("the keys of a file leave none for one_hit");
    }
    return KeyText(options.keys_from.get());
  }
  const uint64_t room = options.one_hit.get() > 0 ? kOneHitRoom : 0;
  return KeyText(Setting(options.key_prefix),
                 Distribution(Setting(options.key_size), Quantity::kKeyBytes),
                 options.keys.get() + room, seed_of(options, seed, "key size"));
}

}  // namespace

Keyspace::Keyspace(const KeyspaceOptions& options, uint64_t seed)
    : options_(options),
      scramble_seed_(seed_of(options, seed, "popularity")),
      size_seed_(seed_of(options, seed, "value size")),
      ttl_seed_(seed_of(options, seed, "ttl")),
      is_stable_(options.value_stable.get()),
      text_(text_of(options, seed)),
      keys_(text_.lines() > 0 ? text_.lines() : options.keys.get()),
      sizes_(Setting(options.value_size), Quantity::kValueBytes),
      ttls_(Setting(options.ttl), Quantity::kTtlSeconds),
      mix_(Setting(options.mix), Setting(options.raw)),
      extends_lives_(std::ranges::any_of(mix_.entries(), extends_life, &Mix::Entry::verb)),
      values_(seed_of(options, seed, "value"), sizes_.max(), options.value_compress.get()) {
  static_cast<void>(popularity({}));  // its text may be wrong
  if (!options.fill.get().empty()) fill_.emplace(Setting(options.fill), options.fill.get());
  if (!options.verify.get()) return;
  for (const Mix::Entry& entry : mix_.entries()) {
    if (!alters_value(entry.verb)) continue;
    Setting(options.mix)
        .refuse(fmt::format("{} alters values, which `verify` then finds wrong",
                            verb_name(entry.verb)));
  }
}

Popularity Keyspace::popularity(Share share) const {
  return Popularity({.popularity = Setting(options_.popularity),
                     .keys = keys_,
                     .drift_per_s = options_.drift.get(),
                     .one_hit_percent = options_.one_hit.get(),
                     .seed = scramble_seed_},
                    share);
}

Verdict Keyspace::verify(uint64_t key, std::string_view value, int64_t now_ms) const noexcept {
  if (is_stable_ && value.size() != sizes_.draw_for(size_seed_, key)) return Verdict::kWrongBytes;
  return values_.verify(key, value, extends_lives_ ? 0 : ttl_s(key), now_ms);
}

}  // namespace pelikan::load
