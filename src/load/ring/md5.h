// Md5: the digest that rings of servers are made of. Reused, as making one allocates.
//
// Thread safety: one thread.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string_view>

namespace pelikan::load {

class Md5 {
 public:
  // The digest's 16 bytes as four little-endian words.
  using Words = std::array<uint32_t, 4>;

  // Throws SetupError when OpenSSL has no MD5, as where only FIPS algorithms are allowed.
  Md5();
  Md5(const Md5&) = delete;
  Md5& operator=(const Md5&) = delete;
  ~Md5();

  [[nodiscard]] Words operator()(std::string_view text) noexcept;

 private:
  struct Context;  // OpenSSL's
  const std::unique_ptr<Context> context_;
};

}  // namespace pelikan::load
