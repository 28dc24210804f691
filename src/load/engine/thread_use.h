// What a thread took of the machine.
#pragma once

#include "load/engine/result.h"

namespace pelikan::load {

// Of the calling thread, since it began; `seconds` is the time on the clock.
[[nodiscard]] ThreadUse current_use() noexcept;
// Since an earlier current_use().
[[nodiscard]] ThreadUse use_since(const ThreadUse& earlier) noexcept;

}  // namespace pelikan::load
