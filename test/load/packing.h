// Packs bytes as gzip and zstd do, for inputs of tests.
#pragma once

#include <zlib.h>
#include <zstd.h>

#include <cstdlib>
#include <string>
#include <string_view>

namespace pelikan::load::test {

inline std::string gzipped(std::string_view plain) {
  constexpr int kGzip = 16;
  z_stream stream{};
  if (::deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, MAX_WBITS + kGzip, 8,
                     Z_DEFAULT_STRATEGY) != Z_OK) {
    std::abort();
  }
  std::string packed(::deflateBound(&stream, plain.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(plain.data()));
  stream.avail_in = static_cast<uInt>(plain.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  if (::deflate(&stream, Z_FINISH) != Z_STREAM_END) std::abort();
  packed.resize(packed.size() - stream.avail_out);
  ::deflateEnd(&stream);
  return packed;
}

inline std::string zstd_packed(std::string_view plain) {
  std::string packed(::ZSTD_compressBound(plain.size()), '\0');
  const size_t size = ::ZSTD_compress(packed.data(), packed.size(), plain.data(), plain.size(), 1);
  if (::ZSTD_isError(size) != 0) std::abort();
  packed.resize(size);
  return packed;
}

}  // namespace pelikan::load::test
