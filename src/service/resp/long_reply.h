// RespLongReply: a reply that was made at once and may be longer than the output takes; it goes out
// as the output drains, and the connection's next request waits for its end.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "buffer/output.h"

namespace pelikan {

class RespLongReply {
 public:
  [[nodiscard]] bool is_on() const noexcept { return !text_.empty(); }

  // REQUIRES: !is_on(); text is not empty
  void begin(std::string text) noexcept {
    text_ = std::move(text);
    sent_ = 0;
  }
  // Moves what the output takes. False: there is more to come.
  [[nodiscard]] bool move_to(Output& out) noexcept {
    while (is_on() && out.has_room()) {
      const std::string_view part = std::string_view(text_).substr(sent_, Output::kReplyReserve);
      out.append(part);
      sent_ += part.size();
      if (sent_ == text_.size()) forget();
    }
    return !is_on();
  }
  void forget() noexcept { text_ = std::string(); }

 private:
  std::string text_;
  size_t sent_ = 0;
};

}  // namespace pelikan
