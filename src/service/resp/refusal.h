// Answers to requests that no handler runs for.
#pragma once

#include "service/resp/call.h"

namespace pelikan {

// Whether the request may run: it is a command's, has the right number of arguments, and its client
// has authenticated if it must.
[[nodiscard]] inline bool may_run(const RespCall& call) noexcept {
  return call.spec != nullptr && call.spec->takes(call.args.size()) &&
         (call.client.is_authenticated || call.spec->has(resp::flag::kNoAuth));
}

// Says why it may not, or that the container has no such subcommand. REQUIRES: out.has_room()
RespOutcome refuse(RespCall& call) noexcept;
// For what took more memory than there is.
RespOutcome refuse_for_memory(RespCall& call) noexcept;

// The command takes another number of arguments, as a handler has found. REQUIRES: out.has_room()
RespOutcome refuse_count(RespCall& call) noexcept;
// The same of a subcommand that Redis tells so of itself, and not by its arity alone.
RespOutcome refuse_subcommand_count(RespCall& call) noexcept;

[[nodiscard]] inline bool is_of_collections(const resp::CommandSpec& spec) noexcept {
  return spec.group == "hash" || spec.group == "list" || spec.group == "set" ||
         spec.group == "sorted-set";
}

// An option that the command does not have: shows the word up to a zero byte and without line ends
// behind it, as Redis does. REQUIRES: out.has_room(); a short head
RespOutcome refuse_word(RespCall& call, std::string_view head, std::string_view word) noexcept;

template <class Store>
void erase_key(RespStoreCall<Store>& call, std::string_view key) noexcept {
  (void)call.store.erase(call.prepared(key));
}

// Refuses a request with an argument whose bytes were not kept: it is above every limit, or there
// was no memory for it. A write takes the old value away, but no collection: that of the key before
// the argument, where the command has several. REQUIRES: in an epoch; out.has_room()
template <class Store>
RespOutcome refuse_length(RespStoreCall<Store>& call, bool lacks_memory) noexcept {
  RespMetrics& metrics = call.worker.metrics;
  (lacks_memory ? metrics.no_memory : metrics.too_large).add();
  const auto first = static_cast<size_t>(call.spec->keys.first);
  const auto step = static_cast<size_t>(call.spec->keys.step);
  size_t at = 0;
  while (!resp::is_too_long(call.args[at])) ++at;
  const bool is_value = call.spec->has(resp::flag::kWrite) && !is_of_collections(*call.spec) &&
                        first != 0 && at > first;
  const size_t key = call.spec->keys.last < 0 && is_value ? at - (at - first) % step : first;
  if (is_value && key != at) erase_key(call, call.args[key]);
  return call.reply_error(lacks_memory ? resp::Error::kOutOfMemory : resp::Error::kValueTooLarge);
}

// Ends a write for which no memory came free. What stood under its key goes, so that nothing stale
// is read; a collection stays as it was. REQUIRES: in an epoch; out.has_room()
template <class Store>
RespOutcome give_up(RespStoreCall<Store>& call) noexcept {
  call.worker.metrics.no_memory.add();
  const size_t at = call.client.progress.argument;
  if (!is_of_collections(*call.spec)) erase_key(call, at == 0 ? call.lookup->key : call.args[at]);
  return call.reply_error(resp::Error::kOutOfMemory);
}

}  // namespace pelikan
