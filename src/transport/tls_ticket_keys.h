// TlsTicketKeys: the keys by which a server seals sessions into the tickets that its clients come
// back with. They are made at random, are never written anywhere, and change with time: the key
// before still opens its tickets, whose owners get a new one at once; older tickets mean a whole
// handshake.
//
// Thread safety: used by the one thread that makes connections.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

#include "base/clock.h"

struct evp_cipher_ctx_st;
struct evp_mac_ctx_st;
struct ssl_ctx_st;
struct ssl_st;

namespace pelikan {

class TlsTicketKeys {
 public:
  // REQUIRES: time outlives the keys
  TlsTicketKeys(const TimeSource& time, std::chrono::milliseconds rotation);
  ~TlsTicketKeys();
  TlsTicketKeys(const TlsTicketKeys&) = delete;
  TlsTicketKeys& operator=(const TlsTicketKeys&) = delete;

  // The context's tickets are sealed by these from now on.
  void serve(ssl_ctx_st* context);

 private:
  static constexpr size_t kName = 16;
  static constexpr size_t kSecret = 32;
  struct Key {
    std::array<unsigned char, kName> name;
    std::array<unsigned char, kSecret> cipher;
    std::array<unsigned char, kSecret> mac;
  };
  // What OpenSSL is told of a ticket's key.
  enum Answer : int { kError = -1, kUnknown = 0, kGood = 1, kGoodButRenew = 2 };

  static int answer(ssl_st* connection, unsigned char* name, unsigned char* iv,
                    evp_cipher_ctx_st* cipher, evp_mac_ctx_st* mac, int seal);

  void rotate() noexcept;
  [[nodiscard]] Answer seal(unsigned char* name, unsigned char* iv, evp_cipher_ctx_st* cipher,
                            evp_mac_ctx_st* mac) const noexcept;
  [[nodiscard]] Answer open(const unsigned char* name, const unsigned char* iv,
                            evp_cipher_ctx_st* cipher, evp_mac_ctx_st* mac) const noexcept;

  const TimeSource& time_;
  const int64_t rotation_ms_;
  int64_t made_ms_;  // when the newer key was made
  Key newer_;
  Key older_;
  bool has_older_ = false;
};

}  // namespace pelikan
