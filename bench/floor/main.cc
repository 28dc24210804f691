// floor PORT: the framework around a service that does nothing: every line received is answered
// with a fixed 100-byte reply, as a bare epoll loop would. What it needs beyond such a loop is the
// framework's own cost.
#include <array>
#include <charconv>
#include <csignal>
#include <cstring>
#include <memory>
#include <string_view>

#include "base/setup_error.h"
#include "core/connections.h"
#include "core/listener.h"
#include "core/worker.h"
#include "metric/registry.h"

namespace {

using namespace pelikan;

constexpr size_t kReplySize = 100;

std::array<char, kReplySize> make_reply() {
  std::array<char, kReplySize> reply;
  constexpr std::string_view kHead = "VALUE k000000000000001 0 65\r\n";
  constexpr std::string_view kTail = "\r\nEND\r\n";
  reply.fill('v');
  kHead.copy(reply.data(), kHead.size());
  kTail.copy(reply.data() + kReplySize - kTail.size(), kTail.size());
  return reply;
}

class FixedReply final : public Conversation {
 public:
  Progress process(std::string_view in, Output& out) noexcept override {
    const char* place = in.data();
    const char* const end = place + in.size();
    while (place < end) {
      const void* newline = std::memchr(place, '\n', static_cast<size_t>(end - place));
      if (newline == nullptr || !out.has_room()) break;
      char* reply = out.reserve(kReplySize);
      std::memcpy(reply, kReply.data(), kReplySize);
      out.commit(reply + kReplySize);
      place = static_cast<const char*>(newline) + 1;
    }
    return {.consumed = static_cast<size_t>(place - in.data()), .receive_into = {}};
  }

 private:
  static inline const std::array<char, kReplySize> kReply = make_reply();
};

class FixedReplies final : public Processor {
 public:
  std::unique_ptr<Conversation> open(std::string_view /*peer*/, int /*fd*/) override {
    return std::make_unique<FixedReply>();
  }
  std::string_view refusal() const noexcept override { return "full\r\n"; }
};

void serve(uint16_t port, const sigset_t& until) {
  const SystemTime time;
  MetricRegistry registry;
  LogOptions log_options;
  LogMetrics log_metrics(registry);
  Log log(log_options, log_metrics, time);
  ServerOptions server_options;
  WorkerOptions worker_options;
  server_options.port.set(port);
  worker_options.threads.set(1);
  Connections connections(time);
  Worker worker(0, worker_options, time, registry,
                [](const Clock&) { return std::make_unique<FixedReplies>(); });
  const TlsOptions no_tls;
  Listener listener(server_options, BoundSockets(server_options, no_tls), nullptr, connections,
                    registry, log);
  worker.start(log);
  listener.start({&worker});
  int signal = 0;
  sigwait(&until, &signal);
  listener.stop();
}

}  // namespace

int main(int argc, char** argv) {
  uint16_t port = 0;
  if (argc == 2) std::from_chars(argv[1], argv[1] + std::strlen(argv[1]), port);
  if (port == 0) {
    fmt::print(stderr, "usage: floor PORT\n");
    return static_cast<int>(ExitCode::kUsage);
  }
  sigset_t stop;
  sigemptyset(&stop);
  sigaddset(&stop, SIGTERM);
  sigaddset(&stop, SIGINT);
  pthread_sigmask(SIG_BLOCK, &stop, nullptr);
  try {
    serve(port, stop);
  } catch (const SetupError& error) {
    fmt::print(stderr, "{}\n", error.what());
    return static_cast<int>(error.code());
  }
  return 0;
}
