// RespClientFilter: which clients CLIENT LIST and CLIENT KILL are about.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>

#include "service/resp/clients.h"

namespace pelikan {

class RespClientFilter {
 public:
  using Words = std::span<const std::string_view>;

  // "[TYPE type] [ID id ...]", "[ID id] [ADDR ip:port] ...". Empty, or the error's text.
  [[nodiscard]] std::optional<std::string> parse_list(Words words);
  [[nodiscard]] std::optional<std::string> parse_kill(Words words);

  [[nodiscard]] bool takes(const RespClientRow& row) const;
  [[nodiscard]] bool skips_own() const noexcept { return skips_own_; }

 private:
  [[nodiscard]] std::optional<std::string> set_type(std::string_view word);
  [[nodiscard]] std::optional<std::string> set_option(std::string_view name,
                                                      std::string_view value);
  [[nodiscard]] std::optional<std::string> set_number(std::string_view name,
                                                      std::string_view value);

  std::set<uint64_t> ids_;  // empty: any
  std::string address_;     // empty: any
  std::string local_;
  int64_t least_age_ms_ = 0;
  bool takes_none_ = false;  // of a kind that there is none of: replicas, subscribers
  bool skips_own_ = true;
};

}  // namespace pelikan
