// Commands on keys, whatever stands under them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "protocol/resp/numbers.h"
#include "service/resp/call.h"
#include "service/resp/copy_collection.h"
#include "service/resp/copy_item.h"
#include "service/resp/encoding.h"
#include "service/resp/handler_table.h"
#include "service/resp/key_group.h"
#include "service/resp/live_item.h"
#include "service/resp/words.h"
#include "service/resp/write.h"

namespace pelikan {

template <class Store>
class RespKeys {
 public:
  using Call = RespStoreCall<Store>;
  using Item = typename Store::ItemView;

  static constexpr void enter(RespStoreHandlers<Store>& handlers) {
    using resp::Command;
    handlers[Command::kType] = type;
    handlers[Command::kRename] = [](Call& call) noexcept { return rename(call, false); };
    handlers[Command::kRenamenx] = [](Call& call) noexcept { return rename(call, true); };
    handlers[Command::kCopy] = copy;
    handlers[Command::kObjectEncoding] = encoding;
    handlers[Command::kObjectFreq] = freq;
    handlers[Command::kObjectIdletime] = idletime;
    handlers[Command::kObjectRefcount] = refcount;
    handlers[Command::kMemoryUsage] = memory_usage;
    handlers[Command::kDbsize] = dbsize;
    handlers[Command::kFlushall] = flush;
    handlers[Command::kFlushdb] = flush;
  }

 private:
  static RespOutcome type(Call& call) noexcept {
    const auto item = call.store.peek(*call.lookup);
    const bool found = is_there(item, call.clock().now_ms());
    call.count_key(found);
    return call.reply_simple(found ? type_word(type_of(*item)) : "none");
  }

  // A large collection is not copied: both items hold it.
  static Written move_item(Call& call, const Lookup& to, const Item& item,
                           const WriteTerms& terms) noexcept {
    if (item.handled() == nullptr) return copy_item(call, to, item, terms);
    const Value value{.bytes = {},
                      .flags = item.flags(),
                      .expiry = call.store.expiry(item),
                      .handled = item.handled()};
    return call.store.put(to, value, terms);
  }

  // A collection is changed by nobody meanwhile. The value is copied, then taken away from its old
  // key if it is still the same; so for a moment both keys have it.
  static RespOutcome rename(Call& call, bool if_missing) noexcept {
    const RespKeyLocks::Hold lock = hold_keys(call, call.args.subspan(1, 2));
    if (!lock) return RespOutcome::kNextRound;
    const bool is_same_key = call.args[1] == call.args[2];
    const Lookup to = call.prepared(call.args[2]);
    const WriteTerms first{.mode = if_missing ? PutMode::kAdd : PutMode::kSet,
                           .exact_expiry = true};
    WriteTerms terms = first;
    for (;;) {
      const auto item = call.get(*call.lookup);
      if (!is_there(item, call.clock().now_ms())) {
        return call.reply_error(resp::Error::kNoSuchKey);
      }
      if (is_same_key) return if_missing ? call.reply_integer(0) : call.reply_ok();
      call.client.progress.argument = 2;  // what goes if there is no memory
      const Written written = move_item(call, to, *item, terms);
      if (written.status == PutStatus::kNotStored) return call.reply_integer(0);
      if (is_beaten(written.status)) {
        terms = first;
        continue;
      }
      if (written.status != PutStatus::kStored) return refuse_write(call, to, written.status);
      if (call.store.erase_if(*call.lookup, item->cas()) != EraseStatus::kExists) break;
      terms = {.cas = written.cas, .exact_expiry = true};  // in place of the one just copied
    }
    return if_missing ? call.reply_integer(1) : call.reply_ok();
  }

  static RespOutcome copy(Call& call) noexcept {
    bool replaces = false;
    for (size_t at = 3; at < call.args.size(); ++at) {
      if (is_word(call.args[at], "REPLACE")) {
        replaces = true;
      } else if (is_word(call.args[at], "DB") && at + 1 < call.args.size()) {
        const auto db = resp::parse_integer(call.args[++at]);
        if (!db) return call.reply_error(resp::Error::kNotInteger);
        if (*db != 0) return call.reply_error(resp::Error::kDbIndex);
      } else {
        return call.reply_error(resp::Error::kSyntax);
      }
    }
    if (call.args[1] == call.args[2]) return call.reply_error(resp::Error::kSameObject);
    RespKeyLocks::Hold locks = hold_keys(call, call.args.subspan(1, 2));
    if (!locks) return RespOutcome::kNextRound;
    const auto item = call.get(*call.lookup);
    if (!is_there(item, call.clock().now_ms())) return call.reply_integer(0);
    const Lookup to = call.prepared(call.args[2]);
    call.client.progress.argument = 2;  // what goes if there is no memory
    const WriteTerms terms{.mode = replaces ? PutMode::kSet : PutMode::kAdd, .exact_expiry = true};
    if (item->handled() == nullptr) {
      return RespCopyEnd<Store>::reply(call, copy_item(call, to, *item, terms).status);
    }
    if (!replaces && call.store.peek(to)) return call.reply_integer(0);
    return copy_collection(call, std::move(locks), *item, terms);
  }

  // OBJECT and MEMORY USAGE count as no use of the item.
  template <class Tell>
  static RespOutcome tell(Call& call, Tell&& tell) noexcept {
    const auto item = call.store.peek(*call.lookup);
    return item ? tell(*item) : call.reply_null();
  }
  static RespOutcome encoding(Call& call) noexcept {
    return tell(call, [&](const Item& item) { return call.reply_bulk(encoding_word(item)); });
  }
  static RespOutcome freq(Call& call) noexcept {
    return tell(call, [&](const Item& item) { return call.reply_integer(item.frequency()); });
  }
  static RespOutcome idletime(Call& call) noexcept {
    return tell(call, [&](const Item& item) {
      const int64_t used_ms = call.store.last_access_ms(*call.lookup, item);
      return call.reply_integer((call.clock().now_ms() - used_ms) / 1000);
    });
  }
  static RespOutcome refcount(Call& call) noexcept {
    return tell(call, [&](const Item&) { return call.reply_integer(1); });
  }
  static RespOutcome memory_usage(Call& call) noexcept {
    constexpr size_t kSlotBytes = 8;  // in the hash table
    // An item is no sum of parts of which samples could be taken: the numbers need only be right.
    for (size_t at = 3; at < call.args.size(); at += 2) {
      if (!is_word(call.args[at], "SAMPLES") || at + 1 == call.args.size()) {
        return call.reply_error(resp::Error::kSyntax);
      }
      const auto samples = resp::parse_integer(call.args[at + 1]);
      if (!samples) return call.reply_error(resp::Error::kNotInteger);
      if (*samples < 0) return call.reply_error(resp::Error::kSyntax);
    }
    return tell(call, [&](const Item& item) {
      const size_t outside = item.handled() == nullptr ? 0 : item.handled()->charged();
      return call.reply_count(item.memory_bytes() + kSlotBytes + outside);
    });
  }

  static RespOutcome dbsize(Call& call) noexcept {
    return call.reply_count(call.store.size().items);
  }

  // ASYNC and SYNC are the same: what was there is dead at once, and its memory comes back soon.
  static RespOutcome flush(Call& call) noexcept {
    const auto words = call.args.subspan(1);
    if (words.size() > 1) return call.reply_error(resp::Error::kSyntax);
    if (words.size() == 1 && !is_word(words[0], "ASYNC") && !is_word(words[0], "SYNC")) {
      return call.reply_error(resp::Error::kSyntax);
    }
    call.store.flush({.at_ms = call.clock().now_ms()});
    return call.reply_ok();
  }
};

}  // namespace pelikan
