// The options of EXPIRE and its kin: NX XX GT LT.
#pragma once

#include <optional>

#include "service/resp/call.h"
#include "storage/store.h"

namespace pelikan {

// Reads the words behind the time. Not empty: the outcome of a refusal. REQUIRES: args are those of
// such a command
[[nodiscard]] std::optional<RespOutcome> read_expire_terms(RespCall& call,
                                                           ExpireTerms& terms) noexcept;

}  // namespace pelikan
