// Fields that expire: commands that change when a field does, or tell it, and those that do so
// while they set or read fields.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "service/resp/collection.h"
#include "service/resp/element_reply.h"
#include "service/resp/field_options.h"
#include "service/resp/handler_table.h"
#include "service/resp/hash_changes.h"
#include "service/resp/hashes.h"

namespace pelikan {

template <class Store>
class RespHashExpiry {
 public:
  using Call = RespStoreCall<Store>;

  static constexpr void enter(RespStoreHandlers<Store>& handlers) {
    using resp::Command;
    handlers[Command::kHexpire] = [](Call& call) noexcept { return expire(call, {1000, false}); };
    handlers[Command::kHpexpire] = [](Call& call) noexcept { return expire(call, {1, false}); };
    handlers[Command::kHexpireat] = [](Call& call) noexcept { return expire(call, {1000, true}); };
    handlers[Command::kHpexpireat] = [](Call& call) noexcept { return expire(call, {1, true}); };
    handlers[Command::kHttl] = [](Call& call) noexcept { return tell(call, {1000, false}); };
    handlers[Command::kHpttl] = [](Call& call) noexcept { return tell(call, {1, false}); };
    handlers[Command::kHexpiretime] = [](Call& call) noexcept { return tell(call, {1000, true}); };
    handlers[Command::kHpexpiretime] = [](Call& call) noexcept { return tell(call, {1, true}); };
    handlers[Command::kHpersist] = persist;
    handlers[Command::kHgetex] = hgetex;
    handlers[Command::kHgetdel] = hgetdel;
    handlers[Command::kHsetex] = hsetex;
  }

 private:
  using Element = structure::Element;
  using Field = structure::Field;

  // What is said of a field.
  static constexpr int64_t kNoField = -2;
  static constexpr int64_t kNeverExpires = -1;
  static constexpr int64_t kNotMet = 0;
  static constexpr int64_t kChanged = 1;
  static constexpr int64_t kDeleted = 2;

  // Redis looks at the type of the value before it does at the words.
  static std::optional<RespOutcome> refuse_type(Call& call) noexcept {
    const auto item = call.store.peek(*call.lookup);
    if (!item || type_of(*item) == RespType::kHash) return std::nullopt;
    return call.reply_error(resp::Error::kWrongType);
  }

  // Replies with the number that change(hash, name, field) returns for each name; above 0: it has
  // changed the hash.
  template <class Change>
  static RespOutcome change_each(Call& call, const RespFieldNames& fields,
                                 Change&& change) noexcept {
    RespElementReply reply(call);
    const RespGrowth growth{.rows = fields.names.size()};  // an expiry each
    const auto refused = change_hash(call, growth, [&](auto& hash) {
      Changed changed = Changed::kNo;
      reply.clear();
      reply.reserve((fields.names.size() + 1) * resp::kMaxHead);  // nothing is half done
      reply.array(fields.names.size());
      for (const std::string_view each : fields.names) {
        const Element name(each);
        const auto field = hash.find(name);
        const int64_t said = field ? change(hash, name, *field) : kNoField;
        if (said > 0) changed = Changed::kYes;
        reply.integer(said);
      }
      return changed;
    });
    return refused ? *refused : reply.send();
  }

  // Sets when it expires, or deletes it if that has passed.
  template <class Hash>
  static int64_t set_expiry(Hash& hash, const Element& name, int64_t at_ms, int64_t now_ms) {
    if (at_ms <= now_ms) {
      hash.erase(name);
      return kDeleted;
    }
    hash.set_expiry(name, at_ms);
    return kChanged;
  }
  static bool meets(const Field& field, int64_t at_ms, const ExpireTerms& terms) noexcept {
    const bool expires = field.expires_at_ms != structure::kNoExpiry;
    if (terms.need_none) return !expires;
    if (terms.need_some) return expires;
    if (terms.only_later) return expires && at_ms > field.expires_at_ms;
    return !terms.only_sooner || at_ms < field.expires_at_ms;
  }
  static RespOutcome expire(Call& call, RespTimeUnit unit) noexcept {
    if (const auto refusal = refuse_type(call)) return *refusal;
    RespHexpireOptions options;
    if (const auto refusal = options.read(call, unit)) return *refusal;
    const int64_t now_ms = call.clock().now_ms();
    return change_each(call, options.fields,
                       [&](auto& hash, const Element& name, const Field& field) {
                         if (!meets(field, options.at_ms, options.terms)) return kNotMet;
                         return set_expiry(hash, name, options.at_ms, now_ms);
                       });
  }

  static RespOutcome persist(Call& call) noexcept {
    if (const auto refusal = refuse_type(call)) return *refusal;
    RespFieldNames fields;
    if (const auto refusal = fields.read(call, 2)) return *refusal;
    return change_each(call, fields, [](auto& hash, const Element& name, const Field& field) {
      if (field.expires_at_ms == structure::kNoExpiry) return kNeverExpires;
      hash.set_expiry(name, structure::kNoExpiry);
      return kChanged;
    });
  }

  // Seconds are rounded up.
  static RespOutcome tell(Call& call, RespTimeUnit unit) noexcept {
    if (const auto refusal = refuse_type(call)) return *refusal;
    RespFieldNames fields;
    if (const auto refusal = fields.read(call, 2)) return *refusal;
    return read_collection<RespHashKind>(call, *call.lookup, [&](const auto& hash) {
      return reply_elements(call, [&](RespElementReply& reply) {
        reply.array(fields.names.size());
        for (const std::string_view name : fields.names) {
          reply.integer(told_of(call, hash.find(Element(name)), unit));
        }
      });
    });
  }
  static int64_t told_of(const Call& call, const std::optional<Field>& field,
                         RespTimeUnit unit) noexcept {
    const int64_t now_ms = call.clock().now_ms();
    if (!field || !field->is_live(now_ms)) return kNoField;
    if (field->expires_at_ms == structure::kNoExpiry) return kNeverExpires;
    const int64_t ms = field->expires_at_ms - now_ms + (unit.is_absolute ? call.unix_ms() : 0);
    return (ms + unit.ms - 1) / unit.ms;
  }

  // Replies with the values of fields; change(hash, name) is run behind each that is there.
  template <class Change>
  static RespOutcome take_each(Call& call, const RespFieldNames& fields, Change&& change) noexcept {
    RespElementReply reply(call);
    const auto refused = change_hash(call, {}, [&](auto& hash) {
      Changed changed = Changed::kNo;
      reply.clear();
      reserve_values(reply, hash, fields);
      reply.array(fields.names.size());
      for (const std::string_view each : fields.names) {
        const Element name(each);
        const auto field = hash.find(name);
        if (!field) {
          reply.null();
          continue;
        }
        reply.element(field->value);
        change(hash, name);
        changed = Changed::kYes;
      }
      return changed;
    });
    return refused ? *refused : reply.send();
  }
  // So that nothing is half done when memory lacks.
  template <class Hash>
  static void reserve_values(RespElementReply& reply, const Hash& hash,
                             const RespFieldNames& fields) {
    size_t bytes = resp::kMaxHead;
    for (const std::string_view name : fields.names) {
      const auto field = hash.find(Element(name));
      bytes += resp::kMaxHead + resp::kMaxInteger + 2 + (field ? field->value.size() : 0);
    }
    reply.reserve(bytes);
  }

  static RespOutcome hgetdel(Call& call) noexcept {
    if (const auto refusal = refuse_type(call)) return *refusal;
    RespFieldNames fields;
    if (const auto refusal = fields.read(call, 2)) return *refusal;
    return take_each(call, fields, [](auto& hash, const Element& name) { hash.erase(name); });
  }
  static RespOutcome hgetex(Call& call) noexcept {
    if (const auto refusal = refuse_type(call)) return *refusal;
    RespHgetexOptions options;
    if (const auto refusal = options.read(call)) return *refusal;
    if (!options.at_ms) return RespHashes<Store>::reply_values(call, options.fields.names);
    const int64_t now_ms = call.clock().now_ms();
    return take_each(call, options.fields, [&](auto& hash, const Element& name) {
      (void)set_expiry(hash, name, *options.at_ms, now_ms);
    });
  }

  template <class Hash>
  static bool fits(const Hash& hash, const RespHsetexOptions& options) noexcept {
    using Condition = RespHsetexOptions::Condition;
    if (options.condition == Condition::kNone) return true;
    const bool wanted = options.condition == Condition::kAllFields;
    for (size_t at = 0; at < options.pairs.size(); at += 2) {
      if (hash.find(Element(options.pairs[at])).has_value() != wanted) return false;
    }
    return true;
  }
  static RespOutcome hsetex(Call& call) noexcept {
    RespHsetexOptions options;
    if (const auto refusal = options.read(call)) return *refusal;
    const int64_t now_ms = call.clock().now_ms();
    bool is_done = false;
    const auto refused = change_hash(call, growth_of_pairs(options.pairs), [&](auto& hash) {
      is_done = fits(hash, options);
      if (!is_done) return Changed::kNo;
      for (size_t at = 0; at < options.pairs.size(); at += 2) {
        const Element name(options.pairs[at]);
        const Element value(options.pairs[at + 1]);
        if (options.keeps_expiry && hash.find(name)) {
          hash.set_value(name, value);
        } else {
          hash.set(name, value);
        }
        if (options.at_ms) (void)set_expiry(hash, name, *options.at_ms, now_ms);
      }
      return Changed::kYes;
    });
    return refused ? *refused : call.reply_integer(is_done ? 1 : 0);
  }
};

}  // namespace pelikan
