// RespClient: what the service remembers of a connection between two turns.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "protocol/resp/compose.h"
#include "protocol/resp/gather.h"
#include "service/guess_limit.h"
#include "service/resp/clients.h"
#include "service/resp/errand.h"
#include "service/resp/key_list.h"
#include "service/resp/key_places.h"
#include "service/resp/long_reply.h"

namespace pelikan {

// CLIENT REPLY: which requests are answered. The command itself changes this alone; what it and
// others write is cut off behind them (runner.h).
enum class RespReplies : uint8_t {
  kAll,
  kNone,
  kNotNext,  // as CLIENT REPLY SKIP leaves it
  kNotThis,
};

// How far a command has come that is called several times until it is done. All zero: at its start.
struct RespProgress {
  size_t argument = 0;  // of a command on several keys: the key that is next
  uint64_t number = 0;  // the command's own: a count, a cursor
};

struct RespClient {
  RespClientEntry& entry;  // among all clients
  std::string_view peer;   // the framework's text
  resp::ProtocolVersion version = resp::ProtocolVersion::k2;
  RespReplies replies = RespReplies::kAll;
  bool is_authenticated = true;  // or need not be
  GuessLimit guesses{};
  RespProgress progress{};                          // of the request that is on
  std::optional<resp::GatheredRequest> gathered{};  // a request that does not fit the input
  std::unique_ptr<RespKeyList> keys{};              // that KEYS has found so far
  std::unique_ptr<RespKeyPlaces> places{};          // of the MSETNX that is on
  RespErrand errand{};                              // of the request that is on
  RespLongReply long_reply{};                       // that goes out piece by piece
};

}  // namespace pelikan
