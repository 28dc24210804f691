// pelikan_shoutserver sends every line back in capitals. The example of
// docs/how-to/write-a-server.md.
#include <memory>
#include <string_view>

#include "core/server_main.h"

namespace {

using namespace pelikan;

struct ShoutOptions : OptionGroup {
  Option<uint64_t> line_max{
      this, "shout_line_max", 1024, "longest line in bytes", {1, Output::kReplyReserve}};
};

struct ShoutMetrics : MetricGroup {
  using MetricGroup::MetricGroup;
  Counter line{this, "shout_line", "lines answered"};
  Counter too_long{this, "shout_too_long", "connections closed for a line above shout_line_max"};
};

// One connection.
class ShoutConversation final : public Conversation {
 public:
  ShoutConversation(size_t line_max, ShoutMetrics& metrics) noexcept
      : line_max_(line_max), metrics_(metrics) {}

  Progress process(std::string_view in, Output& out) noexcept override {
    Progress progress;
    while (out.has_room()) {
      const std::string_view rest = in.substr(progress.consumed);
      const size_t newline = rest.substr(0, line_max_).find('\n');
      if (newline == std::string_view::npos) {
        progress.close = rest.size() >= line_max_;
        break;
      }
      shout(rest.substr(0, newline + 1), out);
      progress.consumed += newline + 1;
      metrics_.line.add();
    }
    if (progress.close) metrics_.too_long.add();
    return progress;
  }

 private:
  static void shout(std::string_view line, Output& out) noexcept {
    char* end = out.reserve(line.size());
    for (const char c : line) *end++ = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    out.commit(end);
  }

  const size_t line_max_;
  ShoutMetrics& metrics_;
};

// One worker.
class ShoutProcessor final : public Processor {
 public:
  ShoutProcessor(size_t line_max, MetricRegistry& registry)
      : line_max_(line_max), metrics_(registry) {}

  std::unique_ptr<Conversation> open(std::string_view /*peer*/, int /*fd*/) override {
    return std::make_unique<ShoutConversation>(line_max_, metrics_);
  }
  std::string_view refusal() const noexcept override { return "TOO MANY VOICES\n"; }

 private:
  const size_t line_max_;
  ShoutMetrics metrics_;
};

// The server.
class ShoutService final : public Service {
 public:
  ShoutService(const ShoutOptions& options, const ServerContext& context) noexcept
      : options_(options), context_(context) {}

  std::unique_ptr<Processor> processor(const Clock&) override {
    return std::make_unique<ShoutProcessor>(options_.line_max.get(), context_.metrics);
  }

 private:
  const ShoutOptions& options_;
  const ServerContext& context_;
};

}  // namespace

int main(int argc, char** argv) {
  ShoutOptions options;
  const auto make = [&](const ServerContext& context) {
    return std::make_unique<ShoutService>(options, context);
  };
  return server_main(argc, argv,
                     {
                         .name = "pelikan_shoutserver",
                         .summary = "sends every line back in capitals",
                         .port = 12322,
                         .options = {&options},
                         .metrics = {metric_table<ShoutMetrics>},
                         .make = make,
                     });
}
