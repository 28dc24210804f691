// What a TLS client begins with, wherever it calls.
#pragma once

namespace pelikan {

// The first byte: the record type of a handshake. Source: RFC 8446 section 5.1.
inline constexpr char kTlsHandshake = 0x16;

}  // namespace pelikan
