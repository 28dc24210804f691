// Reading the string under a command's key.
#pragma once

#include <utility>

#include "service/resp/call.h"

namespace pelikan {

// Runs read(item), which replies, for the string, or for nothing if there is no such key. What is
// found counts as a hit or a miss.
template <class Store, class Read>
RespOutcome read_string(RespStoreCall<Store>& call, Read&& read) noexcept {
  const auto item = call.get(*call.lookup);
  if (is_collection(item)) return call.reply_error(resp::Error::kWrongType);
  const RespOutcome outcome = std::forward<Read>(read)(item);
  if (outcome == RespOutcome::kDone) call.count_key(item.has_value());
  return outcome;
}

}  // namespace pelikan
