// How the execution of one key operation ended.
#pragma once

#include <cstdint>

namespace pelikan {

enum class MemcacheOutcome : uint8_t {
  kDone,
  kOutputFull,  // nothing happened: again when the output has drained
  kNoMemory,    // nothing happened: again when the store has made room
  kClose,       // nothing can follow in this connection
};

}  // namespace pelikan
