#include "core/admin_ports.h"

#include <fmt/format.h>

#include <ranges>
#include <utility>

#include "base/setup_error.h"

namespace pelikan {
namespace {

// "a.example, b.example" -> both, without blanks.
std::vector<std::string> split_list(std::string_view text) {
  std::vector<std::string> words;
  for (const auto part : text | std::views::split(',')) {
    const std::string_view word(part.begin(), part.end());
    const size_t first = word.find_first_not_of(' ');
    if (first == std::string_view::npos) continue;
    words.emplace_back(word.substr(first, word.find_last_not_of(' ') - first + 1));
  }
  return words;
}

// Empty: the port is off.
UniqueFd bind(const std::string& host, const Option<int64_t>& port) {
  if (port.get() == kPortOff) return {};
  const std::vector<Address> addresses = Address::resolve(host, static_cast<uint16_t>(port.get()));
  if (addresses.empty()) {
    throw SetupError(ExitCode::kConfig,
                     fmt::format("admin_host is empty; {}: -1 switches the port off", port.name()));
  }
  return bind_to(addresses.front(), {});
}

}  // namespace

AdminSockets::AdminSockets(const AdminOptions& options)
    : text(bind(options.host.get(), options.port)),
      http(bind(options.host.get(), options.http_port)) {}

AdminPorts::AdminPorts(const AdminOptions& options, AdminSockets& sockets, LibeventLoop& loop,
                       const Clock& clock, const ServerContext& context, Service& service,
                       AdminCommands::Reload reload)
    : commands_(context, service, std::move(reload)),
      pages_(context.metrics),
      text_metrics_(context.metrics),
      http_metrics_(context.metrics) {
  if (sockets.text) {
    text_ = std::make_unique<AdminPort>(loop, listen(std::move(sockets.text), options.port),
                                        commands_, clock, options.timeout.get(), text_metrics_);
  }
  if (sockets.http) {
    http_ = std::make_unique<HttpServer>(
        loop.base(), listen(std::move(sockets.http), options.http_port),
        split_list(options.allowed_hosts.get()), pages_, http_metrics_);
  }
}

UniqueFd AdminPorts::listen(UniqueFd socket, const Option<int64_t>& port) {
  listen_with(socket.get(), {});
  open_.push_back({port.name(), Address::local(socket.get())});
  return socket;
}

void AdminPorts::tick() noexcept {
  if (text_) text_->run();
}

}  // namespace pelikan
