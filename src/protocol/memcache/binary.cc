#include "protocol/memcache/binary.h"

namespace pelikan::memcache {

std::string_view status_text(BinaryStatus status) noexcept {
  switch (status) {
    case BinaryStatus::kSuccess:
      return {};
    case BinaryStatus::kNotFound:
      return "Not found";
    case BinaryStatus::kExists:
      return "Data exists for key.";
    case BinaryStatus::kTooLarge:
      return "Too large.";
    case BinaryStatus::kInvalid:
      return "Invalid arguments";
    case BinaryStatus::kNotStored:
      return "Not stored.";
    case BinaryStatus::kNotNumber:
      return "Non-numeric server-side value for incr or decr";
    case BinaryStatus::kAuthError:
      return "Auth failure.";
    case BinaryStatus::kUnknownCommand:
      return "Unknown command";
    case BinaryStatus::kNoMemory:
      return "Out of memory";
  }
  return {};
}

}  // namespace pelikan::memcache
