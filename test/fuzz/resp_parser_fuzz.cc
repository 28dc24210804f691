// The parsers of the Redis protocol on any bytes: requests and replies are the same whatever the
// pieces they came in, whether they fit the input or are gathered.
//
// The first byte seeds the sizes of the pieces, the second says how large they are at most; '\xfe'
// stands for a kilobyte of a value.
//
// covers: src/protocol/resp
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

#include "base/assertion.h"
#include "fuzz/planted_bug.h"
#include "protocol/resp/gather.h"
#include "protocol/resp/glob.h"
#include "protocol/resp/parse.h"
#include "protocol/resp/parse_reply.h"

namespace {

using namespace pelikan::resp;
using pelikan::fuzz::is_planted;

constexpr size_t kMemory = size_t{64} << 20;

// Cuts a stream into pieces of 1 to `most` bytes; most = 0: all in one.
class Pieces {
 public:
  Pieces(uint32_t seed, size_t most) : seed_(seed), most_(most) {}
  size_t next() {
    if (most_ == 0) return kMemory;
    seed_ = seed_ * 1'664'525 + 1'013'904'223;
    return 1 + (seed_ >> 8) % most_;
  }

 private:
  uint32_t seed_;
  size_t most_;
};

// A connection that writes down what it understands.
class Reader {
 public:
  // Requests that need more than `input` bytes are gathered.
  Reader(const Limits& limits, size_t input) : limits_(limits), input_(input) {}

  std::string read(std::string_view stream, Pieces pieces) {
    size_t shown = 0;
    while (is_going_ && !stream.empty()) {
      shown = std::min(stream.size(), shown + pieces.next());
      const size_t taken =
          gathered_ ? gather(stream.substr(0, shown)) : parse(stream.substr(0, shown));
      stream.remove_prefix(taken);
      shown -= taken;
      if (gathered_ && shown == 0) stream.remove_prefix(receive(stream));
      if (taken == 0 && shown == stream.size()) break;
    }
    return gathered_ || is_going_ ? log_ + "..." : log_;
  }

 private:
  size_t parse(std::string_view in) {
    Request request;
    arguments_.clear();
    const Parsed parsed = parse_request(in, limits_, arguments_, request);
    switch (parsed.status) {
      case ParseStatus::kRequest: {
        const auto size = static_cast<size_t>(request.end - in.data());
        CHECK(size <= in.size() && size >= need_);
        write(arguments_.of(request), request.spec);
        need_ = 0;
        return size;
      }
      case ParseStatus::kNothing:
        CHECK(parsed.size <= in.size());
        need_ = 0;
        return static_cast<size_t>(parsed.size);
      case ParseStatus::kIncomplete:
        CHECK(parsed.size > in.size());
        need_ = parsed.size + (is_planted("greedy_need") ? 1 : 0);
        if (in[0] == '*' && need_ > input_) gathered_.emplace(memory_, limits_);
        return 0;
      case ParseStatus::kProtocolError:
        fail(parsed.error, parsed.got);
        return 0;
      case ParseStatus::kHangUp:
        log_ += "hang up";
        is_going_ = false;
        return 0;
    }
    return 0;
  }

  size_t gather(std::string_view in) {
    const GatheredRequest::Taken taken = gathered_->take(in);
    CHECK(taken.consumed <= in.size());
    if (taken.status == ParseStatus::kRequest) {
      const CommandSpec* spec = gathered_->spec();
      if (spec == nullptr && is_browser_word(gathered_->args()[0])) {
        log_ += "hang up";
        is_going_ = false;
      } else {
        write(gathered_->args(), spec);
      }
      need_ = 0;
      gathered_.reset();
    } else if (taken.status == ParseStatus::kProtocolError) {
      fail(taken.error, taken.got);
      gathered_.reset();
    }
    return taken.consumed;
  }

  // What comes when the request has asked for room of its own.
  size_t receive(std::string_view stream) {
    const std::span<char> to = gathered_->ask();
    if (to.empty() || to.size() > stream.size()) return 0;
    std::memcpy(to.data(), stream.data(), to.size());
    if (is_planted("lost_byte")) to[to.size() - 1] = '?';
    gathered_->answered();
    return to.size();
  }

  void write(std::span<const std::string_view> args, const CommandSpec* spec) {
    log_ += spec == nullptr ? "?" : spec->fullname;
    for (const std::string_view argument : args) {
      log_ += ' ' + std::to_string(argument.size()) + ':';
      log_ += is_too_long(argument) ? std::string_view("too long") : argument;
    }
    log_ += '\n';
  }
  void fail(ProtocolError error, char got) {
    char text[kMaxProtocolErrorText];
    log_ += protocol_error_text(text, error, got);
    is_going_ = false;
  }

  const Limits limits_;
  const size_t input_;
  GatherMemory memory_{kMemory};
  Arguments arguments_;
  std::optional<GatheredRequest> gathered_;
  std::string log_;
  uint64_t need_ = 0;
  bool is_going_ = true;
};

// The sizes of the replies in a stream.
std::string read_replies(std::string_view stream, Pieces pieces) {
  std::string log;
  ReplyEnd end;
  size_t shown = 0;
  size_t size = 0;
  while (true) {
    shown = std::min(stream.size(), shown + pieces.next());
    size_t taken = 0;
    const ReplyStatus status = end.find(stream.substr(0, shown), taken);
    CHECK(taken <= shown);
    stream.remove_prefix(taken);
    shown -= taken;
    size += taken;
    if (status == ReplyStatus::kMalformed) return log + "malformed";
    if (status == ReplyStatus::kWhole) {
      log += std::to_string(size) + ' ';
      size = 0;
    } else if (shown == stream.size()) {
      return log + "...";
    }
  }
}

std::string expand(std::string_view bytes) {
  constexpr size_t kEnough = 300'000;
  std::string text;
  for (const char byte : bytes) {
    if (byte == '\xfe' && text.size() < kEnough) {
      for (int i = 0; i < 1'024; ++i) text += static_cast<char>('a' + i % 23);
    } else {
      text += byte;
    }
  }
  return text;
}

// A longer line may be an error or not, as its end is in sight or not. Lines end with both; what
// people type with \n alone, and then returns may stand in it: it counts as one line here.
bool has_long_line(std::string_view text) {
  while (text.size() >= kMaxLine) {
    const size_t end = text.find("\r\n");
    if (end >= kMaxLine) return true;
    text.remove_prefix(end + 2);
  }
  return false;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2) return 0;
  const std::string text = expand({reinterpret_cast<const char*>(data) + 2, size - 2});
  const size_t most = std::max(size_t{1} << (data[1] % 13), text.size() / 500);
  const Pieces small(data[0], most);
  const Pieces at_once(0, 0);
  const Limits limits{.argument = 40'000, .is_authenticated = (data[1] & 0x80) == 0};
  const size_t half = text.size() / 2;
  (void)matches_glob(std::string_view(text).substr(0, std::min<size_t>(half, 1'000)),
                     std::string_view(text).substr(half, 1'000));
  if (has_long_line(text)) return 0;
  CHECK(Reader(limits, SIZE_MAX).read(text, at_once) == Reader(limits, 300).read(text, small));
  CHECK(read_replies(text, at_once) == read_replies(text, small));
  return 0;
}
