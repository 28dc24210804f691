// Commands that read hashes. A field that has expired is as if it were not there.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "service/resp/collection.h"
#include "service/resp/collection_rows.h"
#include "service/resp/element_reply.h"
#include "service/resp/element_scan.h"
#include "service/resp/handler_table.h"
#include "service/resp/random_fields.h"

namespace pelikan {

template <class Store>
class RespHashes {
 public:
  using Call = RespStoreCall<Store>;

  static constexpr void enter(RespStoreHandlers<Store>& handlers) {
    using resp::Command;
    handlers[Command::kHget] = hget;
    handlers[Command::kHmget] = hmget;
    handlers[Command::kHgetall] = hgetall;
    handlers[Command::kHkeys] = hkeys;
    handlers[Command::kHvals] = hvals;
    handlers[Command::kHlen] = hlen;
    handlers[Command::kHexists] = hexists;
    handlers[Command::kHstrlen] = hstrlen;
    handlers[Command::kHscan] = hscan;
    handlers[Command::kHrandfield] = hrandfield;
  }

  // The values of these fields, or nulls.
  static RespOutcome reply_values(Call& call, std::span<const std::string_view> names) noexcept {
    return read_hash(call, [&](const auto& hash) {
      return reply_elements(call, [&](RespElementReply& reply) {
        const int64_t now_ms = call.clock().now_ms();
        reply.array(names.size());
        for (const std::string_view name : names) {
          put_value(reply, hash.find(structure::Element(name)), now_ms);
        }
      });
    });
  }

 private:
  using Field = structure::Field;

  static void put_value(RespElementReply& reply, const std::optional<Field>& field,
                        int64_t now_ms) {
    if (field && field->is_live(now_ms)) {
      reply.element(field->value);
    } else {
      reply.null();
    }
  }

  template <class Read>
  static RespOutcome read_hash(Call& call, Read&& read) noexcept {
    return read_collection<RespHashKind>(call, *call.lookup, read);
  }
  // Runs read() for the field that is the command's argument, or for none.
  template <class Read>
  static RespOutcome read_field(Call& call, Read&& read) noexcept {
    return read_hash(call, [&](const auto& hash) {
      auto field = hash.find(structure::Element(call.args[2]));
      if (field && !field->is_live(call.clock().now_ms())) field.reset();
      return read(field);
    });
  }

  static RespOutcome hget(Call& call) noexcept {
    return read_field(call, [&](const std::optional<Field>& field) {
      return field ? call.reply_bulk(field->value.text().view()) : call.reply_null();
    });
  }
  static RespOutcome hexists(Call& call) noexcept {
    return read_field(
        call, [&](const std::optional<Field>& field) { return call.reply_integer(field ? 1 : 0); });
  }
  static RespOutcome hstrlen(Call& call) noexcept {
    return read_field(call, [&](const std::optional<Field>& field) {
      return call.reply_count(field ? field->value.text().view().size() : 0);
    });
  }
  static RespOutcome hlen(Call& call) noexcept {
    return read_hash(call, [&](const auto& hash) {
      return call.reply_count(hash.count_live(call.clock().now_ms()));
    });
  }

  static RespOutcome hmget(Call& call) noexcept { return reply_values(call, call.args.subspan(2)); }

  // Replies with what put(reply, field) makes of each field, behind a head.
  template <class PutHead, class Put>
  static RespOutcome reply_all(Call& call, const PutHead& put_head, const Put& put) noexcept {
    const int64_t now_ms = call.clock().now_ms();
    return reply_rows<RespHashKind>(
        call,
        [&](RespElementReply& reply, const auto& hash) {
          put_head(reply, hash.count_live(now_ms));
          return walk_over(hash);
        },
        [now_ms, put](RespElementReply& reply, const Field& field) {
          if (field.is_live(now_ms)) put(reply, field);
        });
  }
  static RespOutcome hgetall(Call& call) noexcept {
    return reply_all(
        call, [](RespElementReply& reply, size_t size) { reply.map(size); },
        [](RespElementReply& reply, const Field& field) {
          reply.element(field.name).element(field.value);
        });
  }
  static RespOutcome hkeys(Call& call) noexcept {
    return reply_all(
        call, [](RespElementReply& reply, size_t size) { reply.array(size); },
        [](RespElementReply& reply, const Field& field) { reply.element(field.name); });
  }
  static RespOutcome hvals(Call& call) noexcept {
    return reply_all(
        call, [](RespElementReply& reply, size_t size) { reply.array(size); },
        [](RespElementReply& reply, const Field& field) { reply.element(field.value); });
  }

  static RespOutcome hscan(Call& call) noexcept {
    return scan_collection<RespHashKind>(
        call, RespScanned::kFields,
        [&](RespElementReply& reply, const RespScanOptions& options, const Field& field) -> size_t {
          const structure::Text name = field.name.text();
          if (!field.is_live(call.clock().now_ms()) || !options.fits(name.view())) return 0;
          reply.bulk(name.view());
          if (!options.wants_values) return 1;
          reply.element(field.value);
          return 2;
        });
  }

  static RespOutcome hrandfield(Call& call) noexcept {
    RespRandomCount wanted;
    if (const auto refusal = wanted.read(call, "WITHVALUES")) return *refusal;
    return read_hash(call, [&](const auto& hash) { return reply_random(call, hash, wanted); });
  }
};

}  // namespace pelikan
