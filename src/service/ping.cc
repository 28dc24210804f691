#include "service/ping.h"

#include "protocol/ping/compose.h"
#include "protocol/ping/parse.h"

namespace pelikan {
namespace {

class PingConversation final : public Conversation {
 public:
  explicit PingConversation(PingMetrics& metrics) noexcept : metrics_(metrics) {}

  Progress process(std::string_view in, Output& out) noexcept override {
    constexpr size_t kRepliesPerReserve = Output::kReplyReserve / ping::kReply.size();
    Progress progress;
    ping::ParseStatus next = ping::parse_request(in);
    while (next == ping::ParseStatus::kOk && out.has_room()) {
      char* reply = out.reserve(Output::kReplyReserve);
      for (size_t i = 0; i < kRepliesPerReserve && next == ping::ParseStatus::kOk; ++i) {
        reply = ping::compose_reply(reply);
        progress.consumed += ping::kRequest.size();
        next = ping::parse_request(in.substr(progress.consumed));
      }
      out.commit(reply);
    }
    progress.close = next == ping::ParseStatus::kInvalid;
    metrics_.request.add(progress.consumed / ping::kRequest.size());
    if (progress.close) metrics_.invalid.add();
    return progress;
  }

 private:
  PingMetrics& metrics_;
};

class PingProcessor final : public Processor {
 public:
  explicit PingProcessor(MetricRegistry& registry) : metrics_(registry) {}

  [[nodiscard]] std::unique_ptr<Conversation> open(std::string_view /*peer*/, int /*fd*/) override {
    return std::make_unique<PingConversation>(metrics_);
  }
  // The protocol has no word for it: the connection is closed.
  [[nodiscard]] std::string_view refusal() const noexcept override { return {}; }

 private:
  PingMetrics metrics_;
};

}  // namespace

std::unique_ptr<Processor> PingService::processor(const Clock&) {
  return std::make_unique<PingProcessor>(metrics_);
}

}  // namespace pelikan
