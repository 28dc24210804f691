#include "load/engine/host_report.h"

#include <ifaddrs.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/utsname.h>

#include <fstream>
#include <memory>
#include <string_view>
#include <thread>

namespace pelikan::load {
namespace {

std::string first_line(const char* path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

std::string cpu_model() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    const size_t colon = line.find(": ");
    if (line.starts_with("model name") && colon != line.npos) return line.substr(colon + 2);
  }
  return {};
}

bool same_host(const sockaddr* a, const sockaddr* b) noexcept {
  if (a == nullptr || a->sa_family != b->sa_family) return false;
  if (a->sa_family == AF_INET) {
    return reinterpret_cast<const sockaddr_in*>(a)->sin_addr.s_addr ==
           reinterpret_cast<const sockaddr_in*>(b)->sin_addr.s_addr;
  }
  if (a->sa_family != AF_INET6) return false;
  return IN6_ARE_ADDR_EQUAL(&reinterpret_cast<const sockaddr_in6*>(a)->sin6_addr,
                            &reinterpret_cast<const sockaddr_in6*>(b)->sin6_addr) != 0;
}

// The interface that has the address from which the kernel would send to the server. Connecting a
// datagram socket sends nothing.
std::string interface_to(const Address& server) {
  if (server.is_unix()) return {};
  const UniqueFd socket(::socket(server.data()->sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (!socket || ::connect(socket.get(), server.data(), server.size()) != 0) return {};
  const Address local = Address::local(socket.get());
  ifaddrs* list = nullptr;
  if (::getifaddrs(&list) != 0) return {};
  const std::unique_ptr<ifaddrs, decltype(&::freeifaddrs)> owner(list, ::freeifaddrs);
  for (const ifaddrs* one = list; one != nullptr; one = one->ifa_next) {
    if (same_host(one->ifa_addr, local.data())) return one->ifa_name;
  }
  return {};
}

}  // namespace

HostReport describe_host(const ServerTarget& first_server) {
  utsname system{};
  ::uname(&system);
  return {.cpu = cpu_model(),
          .cpus = std::thread::hardware_concurrency(),
          .kernel = system.release,
          .governor = first_line("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor"),
          .nic = interface_to(first_server.address)};
}

}  // namespace pelikan::load
