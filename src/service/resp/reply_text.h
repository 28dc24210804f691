// RespText: a reply put together in a string, for commands that are rare and whose replies may be
// long (RespCall::reply_long()).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "protocol/resp/compose.h"

namespace pelikan {

class RespText {
 public:
  // `memory` is written over.
  explicit RespText(resp::ProtocolVersion version, std::string memory = {}) noexcept
      : version_(version), text_(std::move(memory)) {
    text_.clear();
  }

  // Heads; so many elements, or pairs, follow.
  RespText& array(size_t elements) {
    return put([&](char* to) { return resp::compose_array_head(to, elements); });
  }
  RespText& map(size_t pairs) {
    return put([&](char* to) { return resp::compose_map_head(to, version_, pairs); });
  }
  RespText& set(size_t elements) {
    return put([&](char* to) { return resp::compose_set_head(to, version_, elements); });
  }

  RespText& bulk(std::string_view text) {
    if (text.size() <= kMostPut - resp::kMaxHead - 2) {
      return put([&](char* to) { return resp::compose_bulk(to, text); });
    }
    put([&](char* to) { return resp::compose_bulk_head(to, text.size()); });
    return append(text);
  }
  // REQUIRES: no CR or LF in it
  RespText& simple(std::string_view text) {
    text_ += '+';
    return append(text);
  }
  RespText& integer(int64_t number) {
    return put([&](char* to) { return resp::compose_integer(to, number); });
  }
  RespText& real(double number) {
    return put([&](char* to) { return resp::compose_double(to, version_, number); });
  }
  RespText& null() {
    return put([&](char* to) { return resp::compose_null(to, version_); });
  }
  RespText& null_array() {
    return put([&](char* to) { return resp::compose_null_array(to, version_); });
  }
  // Text for people.
  RespText& verbatim(std::string_view text) {
    put([&](char* to) { return resp::compose_verbatim_head(to, version_, text.size()); });
    return append(text);
  }

  [[nodiscard]] std::string take() noexcept { return std::move(text_); }

 protected:
  static constexpr size_t kMostPut = 128;

  template <class Compose>
  RespText& put(Compose&& compose) {
    char bytes[kMostPut];
    text_.append(bytes, compose(bytes));
    return *this;
  }

  const resp::ProtocolVersion version_;
  std::string text_;

 private:
  RespText& append(std::string_view text) {
    text_.append(text).append("\r\n");
    return *this;
  }
};

}  // namespace pelikan
