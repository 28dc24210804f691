// BusErrorWatch: a page of a mapped file that cannot be had (the file was cut, its device failed)
// raises SIGBUS at whoever touches it. While a watch lives, that ends the process with a sentence
// on stderr and exit code 70 when it was a page of its bytes.
//
// Thread safety: made and destroyed by one thread at a time; the signal may come to any.
#pragma once

#include <cstddef>
#include <span>
#include <string>

namespace pelikan {

class BusErrorWatch {
 public:
  BusErrorWatch(const std::string& path, std::span<const std::byte> bytes);
  BusErrorWatch(const BusErrorWatch&) = delete;
  BusErrorWatch& operator=(const BusErrorWatch&) = delete;
  ~BusErrorWatch();

 private:
  friend void report_bus_error(const void* address) noexcept;

  const std::string sentence_;
  const std::span<const std::byte> bytes_;
};

}  // namespace pelikan
