#include "datapool/bus_error.h"

#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdint>

#include "base/assertion.h"
#include "base/bytes.h"
#include "base/setup_error.h"

namespace pelikan {

void report_bus_error(const void* address) noexcept;

namespace {

// A signal handler has no other way to its data. More than one watch is a matter of tests.
// acquire/release: the handler, in any thread, sees the watch whole.
std::atomic<const BusErrorWatch*> g_watches[8];

void write_text(const char* text, size_t size) noexcept {
  [[maybe_unused]] const ssize_t put = ::write(STDERR_FILENO, text, size);
}

extern "C" void on_bus_error(int, siginfo_t* info, void*) {
  report_bus_error(info->si_addr);
  // Somebody else's page: at the next touch, the signal does what it does by default.
  std::signal(SIGBUS, SIG_DFL);
}

}  // namespace

// Async-signal-safe: no allocation, no lock, no stdio.
void report_bus_error(const void* address) noexcept {
  const auto at = reinterpret_cast<uintptr_t>(address);
  for (const auto& slot : g_watches) {
    const BusErrorWatch* watch = slot.load(std::memory_order_acquire);
    if (watch == nullptr) continue;
    const auto begin = reinterpret_cast<uintptr_t>(watch->bytes_.data());
    if (at < begin || at - begin >= watch->bytes_.size()) continue;
    char offset[kMaxDecimal + 1];
    char* end = write_u64(offset, at - begin);
    *end++ = '\n';
    write_text(watch->sentence_.data(), watch->sentence_.size());
    write_text(offset, static_cast<size_t>(end - offset));
    ::_exit(static_cast<int>(ExitCode::kLost));
  }
}

BusErrorWatch::BusErrorWatch(const std::string& path, std::span<const std::byte> bytes)
    : sentence_("pool " + path + ": the file was cut or its device failed, at offset "),
      bytes_(bytes) {
  for (auto& slot : g_watches) {
    if (slot.load(std::memory_order_relaxed) != nullptr) continue;
    slot.store(this, std::memory_order_release);
    struct sigaction action {};
    action.sa_sigaction = on_bus_error;
    action.sa_flags = SA_SIGINFO;
    CHECK(sigaction(SIGBUS, &action, nullptr) == 0);
    return;
  }
  CHECK(false && "too many pools");
}

BusErrorWatch::~BusErrorWatch() {
  for (auto& slot : g_watches) {
    if (slot.load(std::memory_order_relaxed) == this)
      slot.store(nullptr, std::memory_order_release);
  }
}

}  // namespace pelikan
