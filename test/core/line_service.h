// A service for tests of the framework: every line is answered by itself. Some lines ask for more:
//   big N     a reply of N bytes and a newline
//   value N   the next N bytes are received into a buffer of their own; the reply tells their
//   checksum
//   count N   the numbers from N down to 1, one each time it is called
//   await     from now on nothing is answered; tells once what others post()
//   hold      nothing is taken until others post(), which is told first
//   peer      who the client is, as the conversation was told
//   quit      closes
#pragma once

#include <algorithm>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "core/processor.h"

namespace pelikan::test {

// A reply in which every position can be told from its neighbours.
inline std::string pattern(size_t size) {
  std::string text(size, ' ');
  for (size_t i = 0; i < size; ++i) text[i] = static_cast<char>('a' + (i * 7 + i / 251) % 26);
  return text;
}

inline std::string checksum_line(std::string_view value) {
  uint64_t sum = 0;
  for (const char c : value) sum = sum * 31 + static_cast<unsigned char>(c);
  return "sum " + std::to_string(sum) + "\n";
}

class LineConversation final : public Conversation {
 public:
  // What the conversations of a processor have done.
  struct Counts {
    size_t open = 0;
    size_t foreseen = 0;
    size_t processed = 0;
    std::optional<CloseReason> closed;  // the last one
    std::string posted;                 // for whoever awaits something
  };

  LineConversation(Counts& counts, std::string_view peer) : counts_(counts), peer_(peer) {
    ++counts_.open;
  }
  ~LineConversation() override { --counts_.open; }

  void foresee(std::string_view) noexcept override { ++counts_.foreseen; }
  void closed(CloseReason reason) noexcept override { counts_.closed = reason; }
  Progress process(std::string_view in, Output& out) noexcept override {
    ++counts_.processed;
    Progress progress;
    if (!value_.empty() && filling_) return value_is_here(out);
    if (awaits_) return look(in, out);
    if (holds_ && counts_.posted.empty()) {
      progress.again = Again::kSoon;
      return progress;
    }
    if (holds_) let_go(out);
    if (left_ > 0 && !count_down(out, progress)) return progress;
    while (!progress.close && progress.receive_into.empty()) {
      const std::string_view rest = in.substr(progress.consumed);
      const size_t newline = rest.find('\n');
      if (newline == std::string_view::npos || !out.has_room()) break;
      const std::string_view line = rest.substr(0, newline);
      if (line.starts_with("big ")) {
        const size_t size = *parse_u64(line.substr(4));
        if (!out.can_take(size + 1)) break;
        out.append(pattern(size));
        out.append("\n");
      } else if (line.starts_with("value ")) {
        begin_value(*parse_u64(line.substr(6)), rest.substr(newline + 1), progress);
      } else if (line.starts_with("count ")) {
        left_ = *parse_u64(line.substr(6));
        progress.consumed += newline + 1;
        progress.again = Again::kNextRound;
        break;
      } else if (line == "await") {
        awaits_ = true;
        return look(in, out);
      } else if (line == "hold") {
        holds_ = true;
        progress.consumed += newline + 1;
        progress.again = Again::kSoon;
        break;
      } else if (line == "peer") {
        out.append(peer_);
        out.append("\n");
      } else if (line == "quit") {
        progress.close = true;
      } else {
        out.append(rest.substr(0, newline + 1));
      }
      progress.consumed += newline + 1;
      if (filling_ && progress.receive_into.empty()) {
        progress.consumed += value_.size();
        out.append(checksum_line(value_));
        end_value();
      } else if (filling_) {
        progress.consumed = in.size();
      }
    }
    return progress;
  }

 private:
  void begin_value(size_t size, std::string_view arrived, Progress& progress) {
    value_.resize(size);
    filling_ = true;
    const size_t here = std::min(size, arrived.size());
    std::memcpy(value_.data(), arrived.data(), here);
    if (here < size) progress.receive_into = {value_.data() + here, size - here};
  }
  Progress value_is_here(Output& out) {
    if (!out.has_room()) return {};
    out.append(checksum_line(value_));
    end_value();
    return {};
  }
  // False: there is more to count, or no room.
  bool count_down(Output& out, Progress& progress) {
    if (!out.has_room()) return false;
    out.append(std::to_string(left_--) + "\n");
    if (left_ > 0) progress.again = Again::kNextRound;
    return left_ == 0;
  }
  Progress look(std::string_view in, Output& out) {
    out.append(counts_.posted);
    counts_.posted.clear();
    Progress progress;
    progress.consumed = in.size();
    progress.again = Again::kSoon;
    return progress;
  }
  void let_go(Output& out) {
    out.append(counts_.posted);
    counts_.posted.clear();
    holds_ = false;
  }
  void end_value() {
    value_.clear();
    filling_ = false;
  }

  Counts& counts_;
  std::string_view peer_;
  std::string value_;
  bool filling_ = false;
  uint64_t left_ = 0;  // to count down
  bool awaits_ = false;
  bool holds_ = false;
};

class LineProcessor final : public Processor {
 public:
  std::unique_ptr<Conversation> open(std::string_view peer, int /*fd*/) override {
    return std::make_unique<LineConversation>(counts, peer);
  }
  std::string_view refusal() const noexcept override { return "too many connections\n"; }

  LineConversation::Counts counts;
};

}  // namespace pelikan::test
