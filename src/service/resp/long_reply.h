// RespLongReply: a reply that was put together before any of it went out and may be longer than the
// output takes; it goes out in rounds, as the output drains, and the connection's next request
// waits for its end.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "buffer/output.h"

namespace pelikan {

// A long text in pieces, none of them empty: no step of making, sending or freeing it is long.
using RespTextParts = std::vector<std::string>;

class RespLongReply {
 public:
  [[nodiscard]] bool is_on() const noexcept { return !text_.empty(); }

  // REQUIRES: !is_on(); text is not empty
  void begin(std::string text) noexcept {
    text_ = std::move(text);
    sent_ = 0;
  }
  // REQUIRES: the same
  void begin(RespTextParts parts) noexcept {
    parts_ = std::move(parts);
    part_ = 1;
    begin(std::move(parts_.front()));
  }
  // A round: moves what the output takes, and what can be sent in a fraction of a millisecond.
  // False: there is more to come.
  [[nodiscard]] bool move_to(Output& out) noexcept {
    const size_t end = out.size() + kBytesPerRound;
    while (is_on() && out.size() < end && out.has_room()) {
      const std::string_view piece = std::string_view(text_).substr(sent_, Output::kReplyReserve);
      out.append(piece);
      sent_ += piece.size();
      if (sent_ == text_.size()) begin_next();
    }
    return !is_on();
  }
  void forget() noexcept {
    text_ = std::string();
    parts_ = RespTextParts();
  }

 private:
  static constexpr size_t kBytesPerRound = 64 * kKiB;

  void begin_next() noexcept {
    if (part_ >= parts_.size()) return forget();
    begin(std::move(parts_[part_++]));
  }

  std::string text_;     // the part that goes out
  size_t sent_ = 0;      // of it
  RespTextParts parts_;  // from this one on they are still to come:
  size_t part_ = 0;
};

}  // namespace pelikan
