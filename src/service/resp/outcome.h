// How the call of a command's handler ended, and what follows.
#pragma once

#include <cstdint>

namespace pelikan {

enum class RespOutcome : uint8_t {
  kDone,        // answered
  kOutputFull,  // call again when the output has drained
  kNoMemory,    // call again when the store has made room
  kAgain,       // call again at once, in a new epoch
  kNextRound,   // call again after other connections had their turn
  kClose,       // answered, and nothing can follow in this connection
};

}  // namespace pelikan
